#include <offhook/agent/net/host_lookup.hpp>

#include <offhook/sip/locate/records.hpp>
#include <offhook/sip/transport/dns_client.hpp>
#include <offhook/sip/transport/route_probe.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace offhook::inline v0::agent::net {

namespace asio = boost::asio;
using boost::system::error_code;
using sip::locate::Answer;
using sip::locate::RecordType;

namespace {

using Addresses = std::vector<base::IpAddress>;
using Timer = asio::basic_waitable_timer<base::Clock, asio::wait_traits<base::Clock>, asio::io_context::executor_type>;

/// Parses `host` as an IP address; an IPv6 address may have brackets.
std::optional<base::IpAddress> address_in(const std::string& host) {
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  return base::IpAddress::parse(bracketed ? std::string_view(host).substr(1, host.size() - 2) : std::string_view(host));
}

/// Merges both lists alternately, IPv6 first.
Addresses by_turns(const Addresses& v6, const Addresses& v4) {
  Addresses all;
  for (std::size_t i = 0; i < std::max(v6.size(), v4.size()); ++i) {
    if (i < v6.size()) all.push_back(v6[i]);
    if (i < v4.size()) all.push_back(v4[i]);
  }
  all.resize(std::min(all.size(), HostLookup::kMaxAddresses));
  return all;
}

}  // namespace

class HostLookup::Core : public std::enable_shared_from_this<HostLookup::Core> {
 public:
  Core(asio::io_context& io, sip::DnsOptions options) : io_(io), dns_(io, std::move(options)) {}

  std::optional<HostAddresses> known(const std::string& host) {
    if (const auto address = address_in(host)) return HostAddresses{{*address}, {}};
    const auto kept = kept_.find(sip::locate::normal_name(host));
    if (kept == kept_.end() || base::Clock::now() >= kept->second.until) return std::nullopt;
    return HostAddresses{kept->second.addresses, {}};
  }

  void find(const std::string& host, base::Duration limit, Done done) {
    const std::string name = sip::locate::normal_name(host);
    auto waiter = std::make_shared<Waiter>(io_, std::move(done));
    if (const auto at_once = now(name)) return report_later(waiter, *at_once);
    const bool asked = asked_.contains(name);
    asked_[name].waiters.push_back(waiter);
    waiter->timer.expires_after(std::min(limit, kLimit));
    waiter->timer.async_wait([self = weak_from_this(), waiter, name](const error_code& cancelled) {
      if (const auto core = self.lock(); core && !cancelled) core->give_up(name, waiter);
    });
    if (!asked) ask(name);
  }

  void close() {
    for (auto& [name, asked] : std::exchange(asked_, {})) {
      for (const auto& waiter : asked.waiters) waiter->done = {};
    }
  }

 private:
  struct Waiter {
    Waiter(asio::io_context& io, Done its_done) : timer(io), done(std::move(its_done)) {}
    Timer timer;
    Done done;  // empty after its call
  };
  /// A running query to the name servers about one host, for A and AAAA.
  struct Asked {
    std::vector<std::shared_ptr<Waiter>> waiters;
    std::array<std::optional<Answer>, 2> answers;  // A, AAAA
    std::shared_ptr<Timer> other_family;
  };
  struct Kept {
    Addresses addresses;
    base::TimePoint looked_up, until;
  };

  std::optional<HostAddresses> now(const std::string& name) {
    if (auto known = this->known(name)) return known;
    if (!can_look_up(name)) return HostAddresses{{}, "it is not a valid host name"};
    const Addresses listed = with_route(dns_.known(name));  // From the hosts file.
    return listed.empty() ? std::nullopt : std::optional(HostAddresses{listed, {}});
  }

  void report_later(const std::shared_ptr<Waiter>& waiter, const HostAddresses& found) {
    asio::post(io_, [self = weak_from_this(), waiter, found] {
      if (self.lock()) answer(*waiter, found);
    });
  }
  static void answer(Waiter& waiter, const HostAddresses& found) {
    waiter.timer.cancel();
    if (const auto done = std::exchange(waiter.done, {})) done(found);
  }

  void ask(const std::string& name) {
    for (const std::size_t family : {0U, 1U}) {
      dns_.ask({family == 0 ? RecordType::A : RecordType::Aaaa, name}, [self = weak_from_this(), name, family](const Answer& answer) {
        if (const auto core = self.lock()) core->on_answer(name, family, answer);
      });
    }
  }

  void on_answer(const std::string& name, std::size_t family, const Answer& answer) {
    const auto asked = asked_.find(name);
    if (asked == asked_.end()) return;
    asked->second.answers[family] = answer;
    if (asked->second.answers[1 - family]) return finish(name);
    if (addresses_of(answer).empty()) return;
    asked->second.other_family = std::make_shared<Timer>(io_, kOtherFamily);
    asked->second.other_family->async_wait([self = weak_from_this(), name](const error_code& cancelled) {
      if (const auto core = self.lock(); core && !cancelled) core->finish(name);
    });
  }

  /// Ends the query for `name`, and calls all its waiters with the result.
  void finish(const std::string& name) {
    const auto at = asked_.find(name);
    if (at == asked_.end()) return;
    const Asked asked = std::move(at->second);
    asked_.erase(at);
    const HostAddresses found = settle(name, asked);
    const auto keep = shared_from_this();  // A waiter may destroy this object.
    for (const auto& waiter : asked.waiters) answer(*waiter, found);
  }

  /// Ends the wait of one waiter after its limit. The query continues for the other waiters, and for the stored result.
  void give_up(const std::string& name, const std::shared_ptr<Waiter>& waiter) {
    const auto at = asked_.find(name);
    if (at == asked_.end() || std::erase(at->second.waiters, waiter) == 0) return;
    answer(*waiter, old(name, "no name server answered in time"));
  }

  HostAddresses settle(const std::string& name, const Asked& asked) {
    Addresses v4, v6;
    auto fresh = kMostFresh;
    bool is_none = true;  // true if all name servers answer that the host has no address
    std::string trouble = "no name server has this name";
    for (const std::size_t family : {0U, 1U}) {
      const auto& answer = asked.answers[family];
      if (!answer) continue;
      (family == 0 ? v4 : v6) = addresses_of(*answer);
      for (const auto& record : answer->records) fresh = std::min<base::Duration>(fresh, record.ttl);
      if (answer->kind != Answer::Kind::Failed && answer->kind != Answer::Kind::Timeout) continue;
      is_none = false;
      trouble = answer->trouble.empty() ? "no name server answered" : answer->trouble;
    }
    const Addresses all = with_route(by_turns(v6, v4));
    if (!all.empty()) {
      keep(name, {all, base::Clock::now(), base::Clock::now() + fresh});
      return {all, {}};
    }
    if (!is_none) return old(name, std::move(trouble));
    kept_.erase(name);
    return {{}, std::move(trouble)};
  }

  HostAddresses old(const std::string& name, std::string trouble) {
    const auto kept = kept_.find(name);
    if (kept == kept_.end()) return {{}, std::move(trouble)};
    kept->second.until = base::Clock::now() + kOldFor;
    return {kept->second.addresses, {}};
  }

  void keep(const std::string& name, Kept kept) {
    kept_[name] = std::move(kept);
    if (kept_.size() <= kMaxHosts) return;
    kept_.erase(std::min_element(kept_.begin(), kept_.end(), [](const auto& a, const auto& b) { return a.second.looked_up < b.second.looked_up; }));
  }

  static Addresses addresses_of(const Answer& answer) {
    Addresses all;
    for (const auto& record : answer.records) {
      if (const auto* one = std::get_if<sip::locate::AddressRecord>(&record.data)) all.push_back(one->address);
    }
    return all;
  }

  [[nodiscard]] Addresses with_route(const Addresses& all) const {
    Addresses reached;
    std::copy_if(all.begin(), all.end(), std::back_inserter(reached), [&](const auto& one) { return routes_.source_towards(one).has_value(); });
    return reached.empty() ? all : reached;
  }

  asio::io_context& io_;
  sip::detail::DnsClient dns_;
  sip::detail::RouteProbe routes_;
  std::map<std::string, Asked> asked_;
  std::map<std::string, Kept> kept_;
};

HostLookup::HostLookup(asio::io_context& io, sip::DnsOptions options) : core_(std::make_shared<Core>(io, std::move(options))) {}
HostLookup::~HostLookup() { core_->close(); }

bool HostLookup::can_look_up(const std::string& host) { return !address_in(host) && sip::locate::is_host_name(sip::locate::normal_name(host)); }
std::optional<HostAddresses> HostLookup::known(const std::string& host) { return core_->known(host); }
void HostLookup::find(const std::string& host, base::Duration limit, Done done) { core_->find(host, limit, std::move(done)); }

HostAddresses look_up(const std::string& host, const std::function<bool()>& is_interrupted) {
  asio::io_context io;
  HostLookup lookup(io);
  if (auto known = lookup.known(host)) return *known;
  HostAddresses found;
  lookup.find(host, HostLookup::kLimit, [&](const HostAddresses& addresses) {
    found = addresses;
    io.stop();
  });
  while (!io.stopped() && !is_interrupted()) io.run_for(std::chrono::milliseconds(50));
  return found;
}

}  // namespace offhook::inline v0::agent::net
