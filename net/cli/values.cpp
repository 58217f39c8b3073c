#include "net/cli/values.hpp"

#include "core/record/quantities.hpp"
#include "net/lab/message.hpp"
#include "net/tcp/resolve.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <exception>
#include <optional>

namespace bully::net {
namespace {

using asio::ip::udp;

// Sums of a few don't overflow, nor do the clock's time points.
constexpr auto longest_duration = std::chrono::hours(24 * 365);
constexpr ProcessId least{1, 1'000'000};
constexpr ProcessId greatest{365, 9'999'999};

tl::unexpected<std::string> wrong(std::string_view text, std::string_view expected) {
    return tl::unexpected("`" + lab::printable(text, 60) + "`, expected " + std::string(expected));
}

std::optional<std::int32_t> whole(std::string_view text) {
    std::int32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

Read<Duration> read_duration(std::string_view text) {
    const auto duration = parse_duration(text);
    if (!duration) return wrong(text, "a time with a unit, such as 1500ms or 4s");
    if (*duration <= Duration::zero()) return wrong(text, "a time greater than 0, such as 1500ms or 4s");
    if (*duration > longest_duration) return wrong(text, "a year at most, which is 8760h");
    return *duration;
}

Read<DurationRange> read_duration_range(std::string_view text) {
    const auto comma = text.find(',');
    const auto min = parse_duration(text.substr(0, comma));
    const auto max = read_duration(comma == std::string_view::npos ? text : text.substr(comma + 1));
    if (!min || *min < Duration::zero() || !max) {
        return wrong(text, "a range MIN,MAX of times, MAX greater than 0 and a year at most, such as 500ms,3s");
    }
    if (*min > *max) return wrong(text, "a range MIN,MAX, such as 500ms,3s: MIN is greater than MAX");
    return DurationRange{*min, *max};
}

Read<ProcessId> read_process_id(std::string_view text) {
    const auto comma = text.find(',');
    const auto days = whole(text.substr(0, comma));
    const auto id = comma == std::string_view::npos ? std::nullopt : whole(text.substr(comma + 1));
    if (!days || !id || *days < least.days || *days > greatest.days || *id < least.student_id ||
        *id > greatest.student_id) {
        return wrong(text, "DAYS,ID with days 1..365 and a student id of 7 digits, such as 12,1234567");
    }
    return ProcessId{*days, *id};
}

Read<int> read_birthday(std::string_view text, std::string_view today) {
    constexpr std::string_view form = "YYYY-MM-DD";
    const auto is_as_in_form = [](char c, char f) { return f == '-' ? c == '-' : c >= '0' && c <= '9'; };
    if (!std::ranges::equal(text, form, is_as_in_form)) return wrong(text, "a date YYYY-MM-DD, such as 1958-05-23");
    const auto days = days_until_birthday(text, today);
    if (!days) return wrong(text, "a day that exists: the calendar has no such one");
    if (text > today) return wrong(text, "a day in the past: today is " + std::string(today));  // the form is ordered
    return *days;
}

Read<Endpoint> read_address(std::string_view text, bool any_port) {
    const auto colon = text.rfind(':');
    if (text.starts_with('[') || text.find(':') != colon) {
        return wrong(text, "HOST:PORT with a name or an IPv4 address, such as 127.0.0.1:4000: the lab has no IPv6");
    }
    const auto port = colon == std::string_view::npos ? std::nullopt : whole(text.substr(colon + 1));
    if (!port || *port < (any_port ? 0 : 1) || *port > UINT16_MAX || colon == 0) {
        return wrong(text, "HOST:PORT such as localhost:4000");
    }
    return Endpoint{std::string(text.substr(0, colon)), static_cast<std::uint16_t>(*port)};
}

Read<Endpoint> read_host(std::string_view text) {
    const bool has_port = text.find(':') != std::string_view::npos;
    auto address = read_address(has_port ? std::string(text) : std::string(text) + ":0", !has_port);
    if (address) return address;
    if (text.find(':') != text.rfind(':')) return address;
    return wrong(text, "HOST or HOST:PORT such as 192.0.2.1:5000");
}

Read<std::string> resolve_host(const std::string& host, Duration within) {
    asio::io_context context;
    Resolved found;
    co_spawn(context, resolve({host, 1}, Clock::now() + within, NamedBy::user),
             [&found](const std::exception_ptr& failure, Resolved result) {
                 if (failure) std::rethrow_exception(failure);
                 found = std::move(result);
             });
    context.run();
    if (found.error != 0) return wrong(host, "a host with an IPv4 address: " + found.why());
    return found.endpoints.front().address().to_string();
}

Read<std::string> local_host_towards(const Endpoint& address) {
    // Connecting a UDP socket sends nothing; it only chooses the route.
    asio::io_context context;
    udp::socket socket(context);
    boost::system::error_code error;
    socket.connect({asio::ip::make_address_v4(address.host), address.port}, error);
    if (error) return tl::unexpected("no way to " + address.host + ": " + error.message());
    return socket.local_endpoint().address().to_string();
}

bool is_address_here(const std::string& host) {
    asio::io_context context;
    udp::socket socket(context);
    boost::system::error_code error;
    socket.open(udp::v4(), error);
    if (!error) socket.bind({asio::ip::make_address_v4(host), 0}, error);
    return !error;
}

}  // namespace bully::net
