#include <offhook/sip/locate/locator.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace offhook::inline v0::sip {

using locate::Answer;
using locate::Question;
using locate::RecordType;

namespace {

/// Returns the transport for a URI that names no transport, if DNS is not used: RFC 3263 section 4.1.
Transport plain_transport(bool secure) { return secure ? Transport::Tls : Transport::Udp; }

/// Converts the transport of a `sips` URI to its TLS form: RFC 3261 section 26.2.2. Returns nullopt for UDP, which has no TLS
/// form.
std::optional<Transport> secured(Transport transport) {
  switch (transport) {
    case Transport::Udp: return std::nullopt;
    case Transport::Tcp:
    case Transport::Tls: return Transport::Tls;
    case Transport::Ws:
    case Transport::Wss: return Transport::Wss;
  }
  return std::nullopt;
}

bool is_localhost(std::string_view name) { return name == "localhost" || name.ends_with(".localhost"); }

std::uint8_t gravity(Answer::Kind kind) {
  switch (kind) {
    case Answer::Kind::Found:
    case Answer::Kind::NoData: return 0;
    case Answer::Kind::NoName: return 1;
    case Answer::Kind::Failed: return 2;
    case Answer::Kind::Timeout: return 3;
  }
  return 0;
}

template <class Data>
std::vector<Data> data_of(const std::vector<locate::Record>& records) {
  std::vector<Data> all;
  for (const locate::Record& record : records) {
    if (const auto* data = std::get_if<Data>(&record.data)) all.push_back(*data);
  }
  return all;
}

bool is_of(RecordType type, const locate::Record& record) {
  switch (type) {
    case RecordType::A:
    case RecordType::Aaaa: {
      const auto* address = std::get_if<locate::AddressRecord>(&record.data);
      return address != nullptr && address->address.is_v6() == (type == RecordType::Aaaa);
    }
    case RecordType::Srv: return std::holds_alternative<locate::SrvRecord>(record.data);
    case RecordType::Naptr: return std::holds_alternative<locate::NaptrRecord>(record.data);
  }
  return false;
}

}  // namespace

Locator::Locator(Target target, Options options, base::Random& random)
    : target_(std::move(target)), options_(std::move(options)), random_(random) {
  target_.host = locate::normal_name(target_.host);
  begin();
  if (!done_) advance();
}

void Locator::begin() {
  if (target_.secure && target_.transport) {
    target_.transport = secured(*target_.transport);
    if (!target_.transport) return end("a sips URI needs TLS, and UDP has no TLS: use another transport");
  }
  if (target_.secure) std::erase_if(options_.transports, [](Transport t) { return !locate::is_secure(t); });
  const bool speaks = target_.transport ? std::find(options_.transports.begin(), options_.transports.end(), *target_.transport) !=
                                              options_.transports.end()
                                        : !options_.transports.empty();
  if (!speaks) return end(target_.transport ? "SIP over " + std::string(to_string(*target_.transport)) + " is not enabled"
                                            : "a sips URI needs TLS, which is not enabled");
  settle_at_once();
}

/// Finds the candidates that need no name server.
void Locator::settle_at_once() {
  const Transport transport = target_.transport.value_or(plain_transport(target_.secure));
  const Server server{transport, target_.host, target_.port.value_or(locate::default_port(transport))};
  std::vector<base::IpAddress> known = options_.known;
  if (const auto literal = base::IpAddress::parse(target_.host)) {
    known = {*literal};
  } else if (known.empty() && is_localhost(target_.host)) {
    // RFC 6761: always this host
    known = {*base::IpAddress::parse("127.0.0.1"), *base::IpAddress::parse("::1")};
  } else if (!locate::is_host_name(target_.host)) {
    return end("the host of the URI is not a host name: check how it is written");
  } else if (known.empty()) {
    if (target_.port || target_.host.find('.') == std::string::npos) servers_ = {server};
    return;
  }
  list(server, known, {});
  end(candidates_.empty() ? "the host has no address of an IP version that Offhook listens on" : "");
}

std::optional<Question> Locator::poll_question() {
  if (to_ask_.empty()) return std::nullopt;
  Question first = std::move(to_ask_.front());
  to_ask_.pop_front();
  return first;
}

void Locator::on_answer(const Question& question, Answer answer) {
  const auto at = asked_.find(question);
  if (done_ || at == asked_.end() || at->second) return;
  if (answer.records.size() > kMaxRecords) answer.records.resize(kMaxRecords);
  for (locate::Record& record : answer.records) {
    record.name = locate::normal_name(record.name);
    if (auto* alias = std::get_if<locate::AliasRecord>(&record.data)) alias->target = locate::normal_name(alias->target);
  }
  at->second = std::move(answer);
  advance();
}

void Locator::give_up() {
  if (done_) return;
  gave_up_ = true;
  for (auto& [question, answer] : asked_) {
    if (!answer) answer = Answer{Answer::Kind::Timeout, {}};
  }
  advance();
}

/// Processes all answers again from the start. Asks for missing answers, and ends the look-up when no answer is missing.
void Locator::advance() {
  if (!servers_ && !services_ && !find_services()) return;
  if (!servers_ && !find_servers()) return;
  if (!find_addresses()) return;
  end(candidates_.empty() ? explain() : "");
}

/// Returns the error text. The names in it contain only host name characters, so they need no escaping.
std::string Locator::explain() const {
  const std::string& name = without_.empty() ? target_.host : without_;
  const std::string no_answer = "no DNS answer for " + name + ": ";
  constexpr std::string_view kNext = ", check the name servers of this machine, or write an address instead of the name";
  switch (worst_) {
    case Answer::Kind::Found:
    case Answer::Kind::NoData: return name + " has no address in DNS: give it an A, AAAA or SRV record";
    case Answer::Kind::NoName: return "no such name in DNS: " + name + ", check how it is written";
    case Answer::Kind::Failed: return no_answer + (trouble_.empty() ? "the name server failed" : trouble_) + std::string(kNext);
    case Answer::Kind::Timeout: return no_answer + (trouble_.empty() ? "timeout" : trouble_) + std::string(kNext);
  }
  return {};
}

/// Finds the transports. Uses NAPTR if the URI names no transport: RFC 3263 section 4.1.
bool Locator::find_services() {
  std::vector<locate::Service> services;
  if (target_.transport) {
    services = {{*target_.transport, locate::srv_name(*target_.transport, target_.host)}};
  } else {
    const Found naptr = find(RecordType::Naptr, target_.host);
    if (naptr.pending) return false;
    services = locate::naptr_services(data_of<locate::NaptrRecord>(naptr.records), options_.transports);
    // Try all our transports, even if the domain offers services but none that we support.
    if (services.empty()) {
      for (const Transport transport : options_.transports)
        services.push_back({transport, locate::srv_name(transport, target_.host)});
    }
  }
  if (services.size() > kMaxServices) services.resize(kMaxServices);
  services_ = std::move(services);
  return true;
}

/// Finds hosts and ports by SRV; uses the name itself if there are no SRV records: RFC 3263 section 4.2.
bool Locator::find_servers() {
  bool pending = false, any = false;
  std::vector<std::pair<Transport, std::vector<locate::SrvRecord>>> found;
  const auto naptr = asked_.find({RecordType::Naptr, target_.host});
  if (naptr != asked_.end() && naptr->second && naptr->second->kind == Answer::Kind::Timeout) {
    // A server that does not answer NAPTR may not answer SRV either. Ask for addresses now, to use the waiting time.
    if (options_.v4) (void)find(RecordType::A, target_.host);
    if (options_.v6) (void)find(RecordType::Aaaa, target_.host);
  }
  for (const locate::Service& service : *services_) {
    Found srv = find(RecordType::Srv, service.name);
    pending = pending || srv.pending;
    any = any || !srv.records.empty();
    found.emplace_back(service.transport, data_of<locate::SrvRecord>(srv.records));
  }
  if (pending) return false;
  std::vector<Server> servers;
  for (auto& [transport, records] : found) {
    locate::order_by_weight(records, random_);
    for (const locate::SrvRecord& record : records) {
      const std::string host = locate::normal_name(record.target);
      if (record.port != 0 && locate::is_host_name(host) && servers.size() < kMaxServers)
        servers.push_back({transport, host, record.port});
    }
  }
  // An SRV target of "." means that the service is not offered: RFC 2782. In that case do not use the name itself.
  if (!any) {
    const Transport transport = target_.transport.value_or(plain_transport(target_.secure));
    const bool speaks = std::find(options_.transports.begin(), options_.transports.end(), transport) != options_.transports.end();
    if (speaks) servers.push_back({transport, target_.host, locate::default_port(transport)});
  }
  servers_ = std::move(servers);
  return true;
}

bool Locator::find_addresses() {
  std::vector<std::pair<Found, Found>> found;  // The answers of both address families.
  bool pending = false;
  for (const Server& server : *servers_) {
    Found six = options_.v6 ? find(RecordType::Aaaa, server.host) : Found{};
    Found four = options_.v4 ? find(RecordType::A, server.host) : Found{};
    pending = pending || six.pending || four.pending;
    for (const Found* one : {&six, &four}) {
      if (!one->records.empty() || gravity(one->kind) <= gravity(worst_)) continue;
      worst_ = one->kind;
      trouble_ = one->trouble;
      without_ = server.host;
    }
    found.emplace_back(std::move(six), std::move(four));
  }
  if (pending) return false;
  for (std::size_t i = 0; i < servers_->size(); ++i) {
    std::array<std::vector<base::IpAddress>, 2> addresses;
    for (std::size_t family = 0; family < 2; ++family) {
      const Found& one = family == 0 ? found[i].first : found[i].second;
      for (const auto& record : data_of<locate::AddressRecord>(one.records)) addresses[family].push_back(record.address);
    }
    list((*servers_)[i], addresses[0], addresses[1]);
  }
  return true;
}

/// Adds the addresses of `server` as candidates. Alternates the address families, so that a broken family costs only every second
/// attempt.
void Locator::list(const Server& server, const std::vector<base::IpAddress>& first, const std::vector<base::IpAddress>& second) {
  const auto add = [&](const std::vector<base::IpAddress>& from, std::size_t at) {
    if (at >= from.size() || candidates_.size() >= kMaxCandidates) return;
    if (from[at].is_unspecified() || !(from[at].is_v6() ? options_.v6 : options_.v4)) return;
    Candidate candidate{server.transport, {from[at], server.port}, target_.host};
    if (std::find(candidates_.begin(), candidates_.end(), candidate) == candidates_.end())
      candidates_.push_back(std::move(candidate));
  };
  for (std::size_t i = 0; i < kMaxAddresses; ++i) {
    add(first, i);
    add(second, i);
  }
}

/// Finds records of a name. Follows aliases within one answer, and by further questions.
Locator::Found Locator::find(RecordType type, const std::string& name) {
  Found found;
  std::string current = name;
  std::size_t aliases = 0;
  for (;;) {
    const std::string asked = current;
    const Answer* answer = ask({type, asked});
    if (answer == nullptr) {
      found.pending = asked_.contains({type, asked});
      return found;
    }
    for (bool moved = true; moved;) {
      moved = false;
      for (const locate::Record& record : answer->records) {
        if (record.name == current && is_of(type, record)) found.records.push_back(record);
      }
      if (!found.records.empty()) return found;
      for (const locate::Record& record : answer->records) {
        const auto* alias = std::get_if<locate::AliasRecord>(&record.data);
        if (alias == nullptr || record.name != current || !locate::is_host_name(alias->target)) continue;
        if (++aliases > kMaxAliases) return found;
        current = alias->target;
        moved = true;
        break;
      }
    }
    found.kind = answer->kind == Answer::Kind::Found ? Answer::Kind::NoData : answer->kind;
    found.trouble = answer->trouble;
    if (current == asked) return found;
  }
}

/// Returns the answer, or null if there is none yet. In that case queues the question, unless kMaxQuestions were asked.
const Answer* Locator::ask(const Question& question) {
  const auto at = asked_.find(question);
  if (at != asked_.end()) return at->second ? &*at->second : nullptr;
  if (asked_.size() >= kMaxQuestions) return nullptr;
  if (gave_up_) return &asked_.emplace(question, Answer{Answer::Kind::Timeout, {}}).first->second.value();
  asked_.emplace(question, std::nullopt);
  to_ask_.push_back(question);
  return nullptr;
}

void Locator::end(std::string error) {
  done_ = true;
  error_ = std::move(error);
  to_ask_.clear();
}

std::string Locator::error() const { return candidates_.empty() ? error_ : std::string(); }

}  // namespace offhook::inline v0::sip
