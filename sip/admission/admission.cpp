#include <offhook/sip/admission/admission.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace offhook::inline v0::sip {
namespace {

/// User-Agent values of tools that scan networks for telephones through which an attacker can make calls.
constexpr std::array<std::string_view, 8> kScanners{"friendly-scanner", "friendly-request", "sipvicious", "sundayddr",
                                                    "sipcli", "sip-scan", "smap", "iwar"};

bool contains(std::string_view text, std::string_view part) {
  const auto same = [](char a, char b) { return base::to_lower(a) == b; };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

bool starts_something(const Message& request) {
  switch (request.method()) {
    case Method::Invite:
    case Method::Message:
    case Method::Subscribe:
    case Method::Refer:
    case Method::Publish: return !request.to().tag();
    default: return false;
  }
}

}  // namespace

Admission::Admission(AdmissionOptions options, CallerOptions callers, base::Random& random, StackCounters& counters)
    : options_(std::move(options)),
      source_budget_(options_.source),
      strangers_budget_(options_.strangers),
      peer_budget_(options_.peer),
      refusals_budget_(options_.refusals),
      failures_budget_(options_.forgiven_every, std::max<std::uint32_t>(options_.max_failures, 1)),
      counters_(counters) {
  if (!callers.who.empty()) verifier_.emplace(std::move(callers), random);  // Draws no randomness if callers are not challenged.
}

bool Admission::is_peer(const base::IpAddress& source, bool own) const {
  return own || std::any_of(options_.peers.begin(), options_.peers.end(), [&](const auto& range) { return range.holds(source); });
}

bool Admission::is_shut(const base::IpAddress& source, bool own, base::TimePoint now) {
  if (!strangers_.is_banned(source, now) || is_peer(source, own)) return false;
  ++counters_.dropped_banned;
  return true;
}

void Admission::shut(const base::IpAddress& source, base::TimePoint now) {
  strangers_.ban(source, now + options_.ban_time);
  ++counters_.bans;
}

bool Admission::let_in(const base::IpAddress& source, bool own, base::TimePoint now) {
  if (!options_.on) return true;
  if (is_peer(source, own)) return peer_budget_.try_take(peers_.touch(source).requests_full_at, now);
  return source_budget_.try_take(strangers_.touch(source).requests_full_at, now) &&
         strangers_budget_.try_take(strangers_full_at_, now);
}

bool Admission::may_refuse(base::TimePoint now) { return refusals_budget_.try_take(refusals_full_at_, now); }

bool Admission::is_scanner(const Message& request, const base::IpAddress& source, bool own, base::TimePoint now) {
  if (!options_.on || !options_.ban_scanners || is_peer(source, own)) return false;
  const auto agent = request.find(HeaderName::UserAgent);
  if (!agent) return false;
  if (!std::any_of(kScanners.begin(), kScanners.end(), [&](auto name) { return contains(*agent, name); })) return false;
  shut(source, now);
  return true;
}

Admission::Proof Admission::ask(const Message& request, std::string_view address, const base::IpAddress& source, bool own, base::TimePoint now) {
  if (!verifier_ || is_peer(source, own) || !starts_something(request)) return {};
  auto verdict = verifier_->check(request, address, source, now);
  using Kind = Verifier::Verdict::Kind;
  if (verdict.kind == Kind::Proven) return {{}, std::move(verdict.username)};
  if (verdict.kind == Kind::Wrong) {
    ++counters_.wrong_credentials;
    if (!failures_budget_.try_take(strangers_.touch(source).failures_full_at, now)) shut(source, now);
  }
  ++counters_.challenged;
  Refused refused{401, {}};
  for (auto& value : verifier_->challenges(source, verdict.kind == Kind::Stale, now)) {
    refused.headers.emplace_back("WWW-Authenticate", std::move(value));
  }
  return {std::move(refused), {}};
}

}  // namespace offhook::inline v0::sip
