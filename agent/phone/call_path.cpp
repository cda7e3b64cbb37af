#include <offhook/agent/phone/call_path.hpp>

#include <offhook/media/engine/negotiated_path.hpp>
#include <offhook/rtp/nat/demultiplex.hpp>

#include <utility>

namespace offhook::inline v0::phone {

CallPath::CallPath(std::shared_ptr<const media::DtlsEndpoint> dtls, std::shared_ptr<media::SrtpKeyBox> keys) : keys_(std::move(keys)) {
  if (dtls) dtls_.emplace(std::move(dtls), keys_, rtcp_keys_);
}

std::unique_ptr<media::PacketPath> CallPath::make_path() const { return std::make_unique<media::NegotiatedPath>(mail_, keys_, rtcp_keys_); }

void CallPath::begin_ice(base::SocketAddress local, bool controlling) {
  if (!ice_) ice_.emplace(local, controlling);
}

void CallPath::follow_restart(const sdp::Session& offer, base::TimePoint now) {
  if (!uses_ice()) return;
  for (const sdp::Media& stream : offer.media) {
    if (const auto theirs = sdp::read_ice(offer, stream)) return ice_->apply(*theirs, plan_.is_rtcp_muxed(), now);
  }
}

void CallPath::apply(const sdp::AgreedAudio& agreed, const media::MediaPlan& plan, base::TimePoint now) {
  plan_ = plan;
  agreed_dtls_ = agreed.dtls;
  if (ice_ && !agreed.ice) ice_->stop();
  if (ice_ && agreed.ice) {
    mail_->hears_all.store(true, std::memory_order_relaxed);
    ice_->apply(*agreed.ice, agreed.remote_rtcp == agreed.remote_rtp, now);
  }
  const bool has_address = !uses_ice() || along_path(plan_).remote_rtp.port != 0;
  if (dtls_ && has_address) dtls_->apply(agreed_dtls_, along_path(plan_), now);
}

base::Result<bool, base::Error> CallPath::poll(base::TimePoint now) {
  media::PathDatagram datagram;
  for (std::size_t i = 0; i < media::PathMail::kCapacity && mail_->received.try_pop(datagram); ++i) receive(datagram);
  bool changed = false;
  if (ice_) {
    auto advanced = ice_->advance(*mail_, now);
    if (!advanced) return advanced;
    changed = *advanced;
  }
  const media::MediaPlan plan = along_path(plan_);
  if (changed && dtls_ && plan.remote_rtp.port != 0) dtls_->apply(agreed_dtls_, plan, now);
  if (dtls_) {
    if (auto advanced = dtls_->advance(*mail_, now); !advanced) return base::fail(advanced.error());
  }
  return changed;
}

void CallPath::receive(const media::PathDatagram& datagram) {
  switch (rtp::kind_of(datagram.bytes())) {
    case rtp::DatagramKind::Stun:
      if (ice_) (void)ice_->receive(datagram);
      return;
    case rtp::DatagramKind::Dtls:
      if (dtls_ && (!uses_ice() || ice_->has_heard(datagram.channel, datagram.peer))) dtls_->receive(datagram);
      return;
    default: return;
  }
}

std::optional<base::Duration> CallPath::pause() const {
  if ((ice_ && ice_->is_busy()) || (dtls_ && dtls_->is_busy())) return base::Duration(kPause);
  return uses_ice() || uses_dtls() ? std::optional<base::Duration>(kQuietPause) : std::nullopt;
}

}  // namespace offhook::inline v0::phone
