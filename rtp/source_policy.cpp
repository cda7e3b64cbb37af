#include <offhook/rtp/source_policy.hpp>

#include <algorithm>

namespace offhook::inline v0::rtp {
namespace {

std::optional<base::SocketAddress> usable(const base::SocketAddress& address) {
  if (address.ip.is_unspecified() || address.port == 0) return std::nullopt;
  return address;
}

}  // namespace

void SourcePolicy::expect(const ExpectedSource& expected) {
  expected_rtp_ = usable(expected.rtp);
  expected_rtcp_ = usable(expected.rtcp);
  sdp_host_ = expected.rtp.ip;
  signalling_host_ = expected.signalling_host;
  rule_ = expected.rule;
  proven_ = expected.proven;
}

void SourcePolicy::relearn() {
  source_.reset();
  rtcp_source_.reset();
  ssrc_.reset();
  has_left_ = false;
  candidates_ = {};
}

bool SourcePolicy::may_learn(const base::IpAddress& host) const {
  switch (rule_) {
    case SourceRule::SdpAddress: return false;
    case SourceRule::PeerHosts: return !host.is_unspecified() && (host == sdp_host_ || host == signalling_host_);
    case SourceRule::AnyHost: return true;
  }
  return false;
}

bool SourcePolicy::is_proven(const base::SocketAddress& from) const { return from.port != 0 && std::find(proven_.begin(), proven_.end(), from) != proven_.end(); }

SourcePolicy::Verdict SourcePolicy::accept(base::TimePoint now) {
  last_heard_ = now;
  ++counts_.accepted;
  return Verdict::Accept;
}

void SourcePolicy::lock(const base::SocketAddress& from, std::uint32_t ssrc, base::TimePoint now) {
  if (source_ != from) rtcp_source_.reset();
  source_ = from;
  ssrc_ = ssrc;
  has_left_ = false;
  last_heard_ = now;
  candidates_ = {};
  ++counts_.locks;
}

SourcePolicy::Verdict SourcePolicy::on_rtp(const base::SocketAddress& from, std::uint32_t ssrc, std::uint16_t sequence,
                                           base::TimePoint now) {
  if (from == source_) return on_source(ssrc, sequence, now);
  const bool is_expected = expected_rtp_ && (from == expected_rtp_ || is_proven(from));
  if (!is_expected) return on_other_source(from, ssrc, sequence, now);
  if (is_final()) return on_source(ssrc, sequence, now);
  lock(*expected_rtp_, ssrc, now);
  return accept(now);
}

SourcePolicy::Verdict SourcePolicy::on_source(std::uint32_t ssrc, std::uint16_t sequence, base::TimePoint now) {
  const bool is_same = ssrc == ssrc_;
  if (is_same && !has_left_) return accept(now);
  const bool follows = !is_same && has_left_;
  if (!follows && !proves_itself(*source_, ssrc, sequence, now, kSsrcPackets)) {
    ++counts_.refused_ssrc;
    return Verdict::RefuseSsrc;
  }
  counts_.ssrc_changes += is_same ? 0 : 1;
  ssrc_ = ssrc;
  has_left_ = false;
  candidates_ = {};
  return accept(now);
}

void SourcePolicy::on_bye(std::uint32_t ssrc) { has_left_ = has_left_ || (source_ && ssrc == ssrc_); }

SourcePolicy::Verdict SourcePolicy::on_other_source(const base::SocketAddress& from, std::uint32_t ssrc, std::uint16_t sequence,
                                                    base::TimePoint now) {
  const bool is_learning = !source_ || (!is_final() && now - *last_heard_ >= silence_limit_);
  if (!is_learning || !may_learn(from.ip)) {
    ++counts_.refused_source;
    return Verdict::RefuseSource;
  }
  if (!proves_itself(from, ssrc, sequence, now, kProbationPackets)) {
    ++counts_.probation;
    return Verdict::Probation;
  }
  lock(from, ssrc, now);
  return accept(now);
}

bool SourcePolicy::proves_itself(const base::SocketAddress& from, std::uint32_t ssrc, std::uint16_t sequence,
                                 base::TimePoint now, int packets) {
  const auto same = std::find_if(candidates_.begin(), candidates_.end(),
                                 [&](const Candidate& c) { return c.in_row != 0 && c.from == from && c.ssrc == ssrc; });
  const bool goes_on = same != candidates_.end() && same->next_sequence == sequence && now - same->first <= kProbationWindow;
  if (goes_on) {
    ++same->in_row;
    ++same->next_sequence;
    same->last = now;
    return same->in_row >= packets;
  }
  const auto quietest = [](const Candidate& a, const Candidate& b) {
    return (a.in_row == 0) != (b.in_row == 0) ? a.in_row == 0 : a.last < b.last;
  };
  Candidate& place = same != candidates_.end() ? *same : *std::min_element(candidates_.begin(), candidates_.end(), quietest);
  place = {.from = from,
           .ssrc = ssrc,
           .next_sequence = static_cast<std::uint16_t>(sequence + 1),
           .in_row = 1,
           .first = now,
           .last = now};
  return false;
}

bool SourcePolicy::on_rtcp(const base::SocketAddress& from, std::uint32_t sender_ssrc) {
  const bool by_ssrc = !rtcp_source_ && source_ && from.ip == source_->ip && sender_ssrc == ssrc_ && may_learn(from.ip);
  const bool is_proven_too = expected_rtcp_ && is_proven(from);
  const bool believed = from == expected_rtcp_ || from == rtcp_source_ || by_ssrc || is_proven_too;
  if (believed && !is_proven_too) rtcp_source_ = from;
  ++(believed ? counts_.rtcp_accepted : counts_.rtcp_refused);
  return believed;
}

std::optional<base::SocketAddress> SourcePolicy::rtp_destination() const { return source_ ? source_ : expected_rtp_; }

std::optional<base::SocketAddress> SourcePolicy::rtcp_destination() const {
  if (rtcp_source_) return rtcp_source_;
  if (!source_ || source_ == expected_rtp_) return expected_rtcp_;
  if (source_->port == 0xFFFF) return std::nullopt;
  return base::SocketAddress{source_->ip, static_cast<std::uint16_t>(source_->port + 1)};  // RFC 3550 section 11
}

}  // namespace offhook::inline v0::rtp
