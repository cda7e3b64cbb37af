#include <offhook/agent/phone/nat/nat_servers.hpp>

#include <algorithm>

namespace offhook::inline v0::phone {

namespace {

constexpr std::int64_t kDay = 86400;   // validity of a time-limited credential, in seconds

rtp::StunCredential credential_of(const NatServerOptions& options, std::int64_t wall_now) {
  if (options.is_shared_secret) return rtp::time_limited_credential(options.password, options.username, wall_now + kDay);
  return {options.username, options.password};
}

}  // namespace

base::Result<std::shared_ptr<NatServers>, std::string> NatServers::make(NatOptions options) {
  if (options.servers.size() > NatOptions::kMaxServers) return base::fail(std::string("NatOptions::servers has more than kMaxServers entries"));
  std::shared_ptr<NatServers> made(new NatServers(std::move(options)));
  for (const NatServerOptions& one : made->options_.servers) {
    auto uri = rtp::parse_nat_server_uri(one.uri);
    if (!uri) return base::fail("\"" + one.uri + "\" does not name a STUN or TURN server: write stun:HOST, turn:HOST or turns:HOST");
    Entry entry{std::move(*uri), {}, {}};
    if (const auto ip = base::IpAddress::parse(entry.uri.host)) entry.addresses.push_back(*ip);
    made->entries_.push_back(std::move(entry));
  }
  return made;
}

void NatServers::look_up(Find find, After after, std::function<void(const std::string&, const std::string&)> tell) {
  find_ = std::move(find);
  after_ = std::move(after);
  tell_ = std::move(tell);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (!base::IpAddress::parse(entries_[i].uri.host)) look_up(i);
  }
}

void NatServers::look_up(std::size_t number) {
  find_(entries_[number].uri.host, [this, number](const std::vector<base::IpAddress>& addresses) {
    Entry& entry = entries_[number];
    if (!addresses.empty()) entry.addresses = addresses;  // If the look-up failed, the former addresses may still be right.
    after_(entry.addresses.empty() ? base::Duration(kRetry) : base::Duration(kLookUpAgain), [this, number] { look_up(number); });
  });
}

std::vector<NatServer> NatServers::usable(bool is_v6, base::TimePoint now, std::int64_t wall_now) const {
  std::vector<NatServer> servers;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    const auto ip = std::find_if(entry.addresses.begin(), entry.addresses.end(), [&](const auto& one) { return one.is_v6() == is_v6; });
    if (ip == entry.addresses.end() || now < entry.avoided_until) continue;
    servers.push_back({i, entry.uri, {*ip, entry.uri.port}, credential_of(options_.servers[i], wall_now)});
  }
  return servers;
}

void NatServers::avoid(std::size_t number, std::string_view why, base::TimePoint now) {
  const bool is_news = entries_[number].avoided_until <= now;
  entries_[number].avoided_until = now + kAvoidFor;
  if (is_news && tell_) tell_(options_.servers[number].uri, std::string(why));
}

}  // namespace offhook::inline v0::phone
