#include <offhook/sip/locate/services.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace offhook::inline v0::sip::locate {

namespace {

std::optional<Transport> transport_of(std::string_view service) {
  constexpr std::array<std::pair<std::string_view, Transport>, 5> kServices{{{"SIP+D2U", Transport::Udp},
                                                                            {"SIP+D2T", Transport::Tcp},
                                                                            {"SIPS+D2T", Transport::Tls},
                                                                            {"SIP+D2W", Transport::Ws},
                                                                            {"SIPS+D2W", Transport::Wss}}};
  for (const auto& [name, transport] : kServices) {
    if (base::iequals(name, service)) return transport;
  }
  return std::nullopt;
}

/// Chooses a record as in RFC 2782: draws a number from 0 to the sum of all weights, and returns the first record whose running
/// sum reaches it.
std::size_t draw(std::span<const SrvRecord> group, base::Random& random) {
  std::uint64_t sum = 0;
  for (const SrvRecord& record : group) sum += record.weight;
  const std::uint64_t drawn = random.below(sum + 1);
  std::uint64_t running = 0;
  for (std::size_t i = 0; i < group.size(); ++i) {
    running += group[i].weight;
    if (running >= drawn) return i;
  }
  return 0;
}

}  // namespace

std::vector<Service> naptr_services(const std::vector<NaptrRecord>& records, std::span<const Transport> usable) {
  std::vector<NaptrRecord> sorted = records;
  std::stable_sort(sorted.begin(), sorted.end(), [](const NaptrRecord& a, const NaptrRecord& b) {
    return std::tie(a.order, a.preference) < std::tie(b.order, b.preference);
  });
  std::vector<Service> services;
  for (const NaptrRecord& record : sorted) {
    const auto transport = transport_of(record.service);
    if (!transport || std::find(usable.begin(), usable.end(), *transport) == usable.end()) continue;
    if (!base::iequals(record.flags, "s") || !record.regexp.empty()) continue;
    Service service{*transport, normal_name(record.replacement)};
    if (!is_host_name(service.name) || std::find(services.begin(), services.end(), service) != services.end()) continue;
    services.push_back(std::move(service));
  }
  return services;
}

std::string srv_name(Transport transport, std::string_view domain) {
  const auto prefix = [&]() -> std::string_view {
    switch (transport) {
      case Transport::Udp: return "_sip._udp.";
      case Transport::Tcp: return "_sip._tcp.";
      case Transport::Tls: return "_sips._tcp.";
      case Transport::Ws: return "_sip._ws.";
      case Transport::Wss: return "_sips._ws.";
    }
    return "";
  };
  return std::string(prefix()).append(domain);
}

std::uint16_t default_port(Transport transport) {
  switch (transport) {
    case Transport::Udp:
    case Transport::Tcp: return 5060;
    case Transport::Tls: return 5061;
    case Transport::Ws: return 80;
    case Transport::Wss: return 443;
  }
  return 5060;
}

void order_by_weight(std::vector<SrvRecord>& records, base::Random& random) {
  // Weight 0 first, so that these records have a small chance: RFC 2782.
  std::stable_sort(records.begin(), records.end(), [](const SrvRecord& a, const SrvRecord& b) {
    return a.priority != b.priority ? (a.priority < b.priority) : (a.weight == 0) > (b.weight == 0);
  });
  for (std::size_t at = 0; at < records.size(); ++at) {
    std::size_t end = at + 1;
    while (end < records.size() && records[end].priority == records[at].priority) ++end;
    const std::size_t chosen = at + draw(std::span(records).subspan(at, end - at), random);
    const auto begin = records.begin() + static_cast<std::ptrdiff_t>(at);
    std::rotate(begin, records.begin() + static_cast<std::ptrdiff_t>(chosen), records.begin() + static_cast<std::ptrdiff_t>(chosen) + 1);
  }
}

}  // namespace offhook::inline v0::sip::locate
