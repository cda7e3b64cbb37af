#include <offhook/agent/phone/call_srtp.hpp>

#include <offhook/agent/phone/phone_error.hpp>
#include <offhook/base/random.hpp>
#include <offhook/rtp/srtp/master_key.hpp>
#include <offhook/rtp/srtp/suite.hpp>

#include <string>
#include <utility>

namespace offhook::inline v0::phone {

namespace {

base::Error unusable(std::string_view suite) {
  return phone_error(PhoneError::NotAcceptable, "the keys of SRTP cannot be used with " + std::string(suite));
}

/// Makes the sender or the receiver of a key. Returns null if that fails.
template <class Side, class... More>
std::unique_ptr<Side> make(rtp::SrtpSuite suite, base::Bytes secret, More... more) {
  const auto key = rtp::SrtpMasterKey::make(suite, secret);
  if (!key) return nullptr;
  auto made = Side::make(*key, more...);
  return made ? std::make_unique<Side>(*std::move(made)) : nullptr;
}

}  // namespace

CallSrtp::CallSrtp(sdp::SrtpPolicy policy) : capability_{policy, {}} {
  if (policy == sdp::SrtpPolicy::Off) return;
  base::SystemRandom random;
  for (const auto& facts : rtp::srtp_suites()) {
    sdp::SrtpKey key{std::string(facts.name), std::vector<std::uint8_t>(facts.key_octets + facts.salt_octets)};
    random.fill(key.secret);
    capability_.keys.push_back(std::move(key));
  }
}

std::unique_ptr<media::PacketPath> CallSrtp::make_path() {
  return capability_.policy == sdp::SrtpPolicy::Off ? nullptr : std::make_unique<media::SrtpPath>(box_);
}

base::Result<void, base::Error> CallSrtp::apply(const std::optional<sdp::AgreedSrtp>& agreed) {
  if (capability_.policy == sdp::SrtpPolicy::Off) return {};
  auto order = std::make_unique<media::SrtpKeyOrder>();
  order->passes_plain = !agreed;
  if (agreed) {
    const auto suite = rtp::srtp_suite_named(agreed->suite);
    const bool same_suite = agreed_ && agreed_->suite == agreed->suite;
    const bool sender_stays = same_suite && agreed_->send_secret == agreed->send_secret;
    const bool receiver_stays = same_suite && agreed_->receive_secret == agreed->receive_secret && agreed_->receive_mki == agreed->receive_mki;
    if (!suite) return base::fail(unusable(agreed->suite));
    if (!sender_stays) order->sender = make<rtp::SrtpSender>(*suite, agreed->send_secret);
    if (!receiver_stays) order->receiver = make<rtp::SrtpReceiver>(*suite, agreed->receive_secret, base::Bytes(agreed->receive_mki));
    if ((!sender_stays && !order->sender) || (!receiver_stays && !order->receiver)) return base::fail(unusable(agreed->suite));
  }
  agreed_ = agreed;
  box_->put(std::move(order));
  return {};
}

}  // namespace offhook::inline v0::phone
