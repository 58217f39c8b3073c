#include "net/tcp/addresses.hpp"

namespace bully::net {
namespace {

constexpr std::string_view any = "0.0.0.0";
constexpr auto loopback = "127.0.0.1";

}  // namespace

bool is_loopback(std::string_view host) { return host.starts_with("127."); }

tl::expected<AddressChoice, std::string> choose_addresses(const AddressWish& wish, const WayToDaemon& way) {
    if (wish.advertise && wish.advertise->host == any) {
        return tl::unexpected("--advertise: nobody can connect to " + wish.advertise->host +
                              ", expected an address that others reach");
    }
    AddressChoice choice;
    choice.listen.host = way.from;
    choice.advertise = wish.advertise;
    if (!wish.listen) {
        if (wish.advertise && is_loopback(wish.advertise->host)) choice.listen.host = loopback;
        if (wish.advertise && wish.advertised_is_here) choice.listen.host = wish.advertise->host;
        return choice;
    }
    choice.listen = *wish.listen;
    if (wish.advertise) return choice;
    if (wish.listen->host == any) choice.advertise = Endpoint{way.from, 0};
    // A daemon at an address of this very host may have members here alone.
    const bool is_elsewhere = !is_loopback(way.from) && way.from != way.to;
    if (is_loopback(wish.listen->host) && is_elsewhere) {
        return tl::unexpected("--listen: " + wish.listen->host + " can't be reached from the daemon's host, " + way.to +
                              ": expected an address such as " + way.from + ":" + std::to_string(wish.listen->port) +
                              ", or --advertise HOST");
    }
    return choice;
}

}  // namespace bully::net
