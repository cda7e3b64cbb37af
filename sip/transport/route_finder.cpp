#include <offhook/sip/transport/route_finder.hpp>

#include <offhook/sip/model/transport_kinds.hpp>
#include <offhook/sip/transport/addresses.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip::detail {

RouteFinder::RouteFinder(boost::asio::io_context& io, const DnsOptions& dns, const Listeners& listeners, Owner owner)
    : listeners_(listeners),
      owner_(std::move(owner)),
      dns_(io, dns),
      finder_({[this](const locate::Question& question, std::function<void(locate::Answer)> done) { dns_.ask(question, std::move(done)); },
               [this](const std::string& host) { return dns_.known(host); },
               [&io](std::function<void()> task) { boost::asio::post(io, std::move(task)); }, owner_.after,
               [] { return base::Clock::now(); }},
              {}, random_) {}

/// Returns the transports that we offer, and the address families that we are bound to.
Locator::Options RouteFinder::options() const {
  Locator::Options options;
  options.transports.clear();
  for (const auto transport : {Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Ws, Transport::Wss}) {
    if (owner_.offers(transport)) options.transports.push_back(transport);
  }
  const auto& bound = listeners_.all();
  const auto any = [&](auto of_family) { return bound.empty() || std::any_of(bound.begin(), bound.end(), of_family); };
  options.v4 = any([](const Listeners::Bound& one) { return one.local.ip.is_v4() || one.both_families; });
  options.v6 = any([](const Listeners::Bound& one) { return one.local.ip.is_v6(); });
  return options;
}

void RouteFinder::resolve(const Query& query) {
  finder_.set_options(options());
  finder_.find({query.host, query.port, query.transport, query.secure},
               [this, id = query.id](const ServerFinder::Result& found) { answer(id, found); });
}

void RouteFinder::find_host(const std::string& host, std::function<void(const std::vector<base::IpAddress>&)> done) {
  // With a port, the Locator does not ask for services.
  constexpr std::uint16_t kAddressesOnly = 1;
  finder_.set_options({});
  finder_.find({host, kAddressesOnly, Transport::Udp, false}, [done = std::move(done)](const ServerFinder::Result& found) {
    std::vector<base::IpAddress> addresses;
    addresses.reserve(found.candidates.size());
    for (const Locator::Candidate& candidate : found.candidates) addresses.push_back(candidate.remote.ip.unmapped());
    done(addresses);
  });
}

void RouteFinder::answer(QueryId query, const ServerFinder::Result& found) {
  QueryResult result;
  result.error = found.error;
  for (const Locator::Candidate& candidate : found.candidates) {
    const base::SocketAddress remote{candidate.remote.ip.unmapped(), candidate.remote.port};
    const auto way = listeners_.towards(candidate.transport, remote.ip);
    if (!way) continue;
    result.routes.push_back({candidate.transport, way->local, remote, way->socket,
                             names_host(candidate.transport) ? candidate.name : std::string()});
  }
  if (result.routes.empty() && result.error.empty()) result.error = "there is no route to any address of the host";
  owner_.answer(query, std::move(result));
}

}  // namespace offhook::inline v0::sip::detail
