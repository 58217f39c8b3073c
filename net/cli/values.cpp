#include "net/cli/values.hpp"

#include "core/record/quantities.hpp"
#include "net/tcp/resolve.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

#include <algorithm>
#include <cstdint>
#include <exception>

namespace bully::net {
namespace {

using asio::ip::udp;
using cli::wrong;

}  // namespace

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
    const std::uint16_t least = any_port ? 0 : 1;
    const auto digits = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    const auto port = cli::read_whole_number<std::uint16_t>(digits, least, UINT16_MAX);
    if (!port || colon == 0) return wrong(text, "HOST:PORT such as localhost:4000");
    return Endpoint{std::string(text.substr(0, colon)), *port};
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
