#include <offhook/agent/phone/call_dtls.hpp>

#include <offhook/agent/phone/phone_error.hpp>
#include <offhook/rtp/srtp/suite.hpp>

#include <utility>
#include <vector>

namespace offhook::inline v0::phone {

namespace {

using State = media::DtlsHandshake::State;

std::vector<media::DtlsFingerprint> fingerprints_of(const sdp::AgreedDtls& agreed) {
  std::vector<media::DtlsFingerprint> known;
  for (const auto& line : agreed.fingerprints) {
    if (auto fingerprint = media::DtlsFingerprint::make(line.hash, line.octets)) known.push_back(std::move(*fingerprint));
  }
  return known;
}

base::Error failed(const media::DtlsFault& fault) {
  std::string why = "the DTLS handshake failed: " + std::string(to_string(fault.reason));
  if (fault.reason == media::DtlsFailure::Timeout) why += ". Let UDP pass from and to the ports of the audio (/media/first_port to /media/last_port)";
  if (fault.reason == media::DtlsFailure::PeerAlert) why += " (" + std::string(media::dtls_alert_name(fault.alert)) + ")";
  return phone_error(PhoneError::NotAcceptable, why);
}

/// Returns the keys of a complete handshake for an SrtpPath, or null if OpenSSL refuses them.
std::unique_ptr<media::SrtpKeyOrder> order_of(const media::DtlsKeys& keys, std::size_t place) {
  auto sender = rtp::SrtpSender::make(keys.send);
  auto receiver = rtp::SrtpReceiver::make(keys.receive);
  if (!sender || !receiver) return nullptr;
  auto order = std::make_unique<media::SrtpKeyOrder>();
  order->sender = order->receiver = place;
  order->senders[*order->sender] = std::make_unique<rtp::SrtpSender>(*std::move(sender));
  order->receivers[*order->receiver] = std::make_unique<rtp::SrtpReceiver>(*std::move(receiver));
  return order;
}

}  // namespace

void CallDtls::apply(const std::optional<sdp::AgreedDtls>& agreed, unsigned dialog, const media::MediaPlan& plan, base::TimePoint now) {
  const bool is_same_dialog = dialog == std::exchange(dialog_, dialog);
  const bool continues = agreed && agreed_ && agreed->association == agreed_->association && is_same_dialog;
  agreed_ = agreed;
  const auto before = std::exchange(plan_, plan);
  if (!continues) {
    rtp_.reset();
    rtcp_.reset();
    second_place_ = !second_place_;
    if (agreed_) await_keys();
  }
  if (!agreed_) forget_keys();
  follow(rtp_, media::Channel::Rtp, before.remote_rtp, plan_.remote_rtp, now);
  if (!plan_.is_rtcp_muxed()) follow(rtcp_, media::Channel::Rtcp, before.remote_rtcp, plan_.remote_rtcp, now);
}

/// Deletes the keys that only RTCP uses: the keys of RTP now come from SDP, and protect RTCP too.
void CallDtls::forget_keys() {
  suite_.clear();
  auto order = std::make_unique<media::SrtpKeyOrder>();
  order->forgets_keys = true;
  rtcp_keys_->put(std::move(order));
}

/// Lets no plain packet pass from now on, if the call was not encrypted before. Keys of a former association stay in use until the new ones come.
void CallDtls::await_keys() {
  auto order = std::make_unique<media::SrtpKeyOrder>();
  order->awaits_keys = true;
  rtp_keys_->put(std::move(order));
}

/// Begins the handshake of one socket when the peer's address is known. If the address has changed, a running association uses the new address.
void CallDtls::follow(std::optional<Association>& association, media::Channel channel, const base::SocketAddress& before, const base::SocketAddress& peer, base::TimePoint now) {
  if (association) {
    if (peer != before) association->peer = peer;
  } else if (agreed_ && (peer.port != 0 || channel == media::Channel::Rtp)) {
    begin(association, channel, peer, now);
  }
}

void CallDtls::begin(std::optional<Association>& association, media::Channel channel, const base::SocketAddress& peer, base::TimePoint now) {
  const auto role = agreed_->is_client ? media::DtlsRole::Client : media::DtlsRole::Server;
  association = Association{channel, peer, media::SrtpKeyOrder::kDtlsPlace + (second_place_ ? 1 : 0), std::make_unique<media::DtlsHandshake>(*endpoint_, role)};
  association->handshake->start(fingerprints_of(*agreed_), now);
}

base::Result<void, base::Error> CallDtls::advance(const SendAlong& send, base::TimePoint now) {
  if (rtp_) {
    if (auto advanced = advance(*rtp_, send, *rtp_keys_, now); !advanced) return advanced;
    if (!rtp_->suite.empty()) suite_ = rtp_->suite;
  }
  return rtcp_ ? advance(*rtcp_, send, *rtcp_keys_, now) : base::Result<void, base::Error>();
}

void CallDtls::receive(const media::PathDatagram& datagram, bool is_verified) {
  auto& association = datagram.channel == media::Channel::Rtcp ? rtcp_ : rtp_;
  if (!association || !(is_verified || may_be_peer(*association, datagram.peer))) return;
  const bool takes_part = association->handshake->on_datagram(datagram.bytes(), datagram.arrival);
  // With ICE, this side sends along its own path, even if the peer answers along another path.
  if (takes_part && !is_verified) association->peer = datagram.peer;
}

/// Returns true if the peer may send from `from` without ICE. A peer behind a NAT sends from another address than its description has, and the source rule of
/// the call decides which hosts it may use. After the handshake, only the address of the handshake counts.
bool CallDtls::may_be_peer(const Association& association, const base::SocketAddress& from) const {
  if (from == association.peer) return true;
  if (!association.suite.empty() || plan_.source_rule == rtp::SourceRule::SdpAddress) return false;
  return plan_.source_rule == rtp::SourceRule::AnyHost || from.ip == association.peer.ip || from.ip == plan_.signalling_host;
}

base::Result<void, base::Error> CallDtls::advance(Association& association, const SendAlong& send, media::SrtpKeyBox& keys, base::TimePoint now) {
  media::DtlsHandshake& handshake = *association.handshake;
  handshake.on_time(now);
  while (const auto octets = handshake.poll_transmit()) send(association.channel, {{}, association.peer}, *octets);
  if (handshake.state() == State::Failed) return base::fail(failed(handshake.failure().value_or(media::DtlsFault{})));
  if (!handshake.keys() || !association.suite.empty()) return {};
  auto order = order_of(*handshake.keys(), association.place);
  if (!order) return base::fail(phone_error(PhoneError::NotAcceptable, "OpenSSL cannot use the SRTP keys of the DTLS handshake"));
  association.suite = rtp::facts_of(handshake.keys()->send.suite()).name;
  keys.put(std::move(order));
  return {};
}

}  // namespace offhook::inline v0::phone
