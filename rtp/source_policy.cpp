#include <offhook/rtp/source_policy.hpp>

#include <algorithm>

namespace offhook::inline v0::rtp {
namespace {

std::optional<base::SocketAddress> usable(const base::SocketAddress& address) {
  if (address.ip.is_unspecified() || address.port == 0) return std::nullopt;
  return address;
}

}  // namespace

void SourcePolicy::expect(const base::SocketAddress& rtp, const base::SocketAddress& rtcp) {
  expected_rtp_ = usable(rtp);
  expected_rtcp_ = usable(rtcp);
}

void SourcePolicy::relearn() {
  learning_ = true;
  source_.reset();       // The SDP has just said anew where ours goes.
  rtcp_source_.reset();
  ssrc_.reset();
  candidates_ = {};
}

SourcePolicy::Verdict SourcePolicy::accept(base::TimePoint now) {
  last_heard_ = now;
  ++counts_.accepted;
  return Verdict::Accept;
}

void SourcePolicy::lock(const base::SocketAddress& from, std::uint32_t ssrc, base::TimePoint now) {
  if (source_ != from) rtcp_source_.reset();
  learning_ = false;
  source_ = from;
  ssrc_ = ssrc;
  last_heard_ = now;
  candidates_ = {};
  ++counts_.locks;
}

SourcePolicy::Verdict SourcePolicy::on_rtp(const base::SocketAddress& from, std::uint32_t ssrc, std::uint16_t sequence,
                                           base::TimePoint now) {
  if (!learning_ && now - *last_heard_ >= silence_limit_)
    learning_ = true;  // Ours goes on to source_ until another one has proved itself.
  if (learning_) {
    const bool known = from == expected_rtp_ || (from == source_ && ssrc == ssrc_);  // The latter was only silent for long.
    if (!known && !proves_itself(from, ssrc, sequence, now)) {
      ++counts_.probation;
      return Verdict::Probation;
    }
    lock(from, ssrc, now);
    return accept(now);
  }
  if (from != source_) {
    ++counts_.refused_source;
    return Verdict::RefuseSource;
  }
  if (ssrc == ssrc_) return accept(now);
  if (!proves_itself(from, ssrc, sequence, now)) {
    ++counts_.refused_ssrc;
    return Verdict::RefuseSsrc;
  }
  ssrc_ = ssrc;
  candidates_ = {};
  ++counts_.ssrc_changes;
  return accept(now);
}

bool SourcePolicy::proves_itself(const base::SocketAddress& from, std::uint32_t ssrc, std::uint16_t sequence,
                                 base::TimePoint now) {
  const auto same = std::find_if(candidates_.begin(), candidates_.end(),
                                 [&](const Candidate& c) { return c.in_row != 0 && c.from == from && c.ssrc == ssrc; });
  const bool goes_on = same != candidates_.end() && same->next_sequence == sequence && now - same->first <= kProbationWindow;
  if (goes_on) {
    ++same->in_row;
    ++same->next_sequence;
    same->last = now;
    return same->in_row >= kProbationPackets;
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
  bool believed = false;
  if (rtcp_source_) {
    believed = from == rtcp_source_;
  } else if (from == expected_rtcp_) {
    believed = true;
  } else if (!learning_ && source_ && from.ip == source_->ip && sender_ssrc == ssrc_) {
    rtcp_source_ = from;
    believed = true;
  }
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
