#include <offhook/agent/phone/call_srtp.hpp>

#include <offhook/agent/phone/phone_error.hpp>
#include <offhook/base/random.hpp>
#include <offhook/rtp/srtp/master_key.hpp>
#include <offhook/rtp/srtp/suite.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::phone {

namespace {

base::Error unusable(std::string_view suite) {
  return phone_error(PhoneError::NotAcceptable, "this side cannot use the SRTP keys for " + std::string(suite));
}

/// Makes the sender or the receiver for a key. Returns null if the suite, the key or the MKI cannot be used.
template <class Side, class... More>
std::unique_ptr<Side> make(std::string_view suite, base::Bytes secret, More... more) {
  const auto known = rtp::srtp_suite_named(suite);
  const auto key = known ? rtp::SrtpMasterKey::make(*known, secret) : std::nullopt;
  if (!key) return nullptr;
  auto made = Side::make(*key, more...);
  return made ? std::make_unique<Side>(*std::move(made)) : nullptr;
}

}  // namespace

CallSrtp::CallSrtp(sdp::SrtpPolicy policy, bool has_keys) : capability_{policy, {}, {}} {
  if (policy == sdp::SrtpPolicy::Off || !has_keys) return;
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

std::optional<std::size_t> CallSrtp::Keys::find(const Key& key) const {
  const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(count, all.size()));
  const auto found = std::find(all.begin(), end, key);
  return found == end ? std::nullopt : std::optional(static_cast<std::size_t>(found - all.begin()));
}

std::size_t CallSrtp::Keys::add(Key key) {
  const std::size_t place = count++ % all.size();
  all[place] = std::move(key);
  return place;
}

base::Result<void, base::Error> CallSrtp::apply(const std::optional<sdp::AgreedSrtp>& agreed, bool other_dialog) {
  if (capability_.policy == sdp::SrtpPolicy::Off) return {};
  auto order = std::make_unique<media::SrtpKeyOrder>();
  order->forgets_keys = other_dialog;
  if (agreed) {
    const Key ours{agreed->suite, agreed->send_secret, {}}, theirs{agreed->suite, agreed->receive_secret, agreed->receive_mki};
    order->sender = sent_.find(ours);
    order->receiver = received_.find(theirs);
    auto sender = order->sender ? nullptr : make<rtp::SrtpSender>(agreed->suite, ours.secret);
    auto receiver = order->receiver ? nullptr : make<rtp::SrtpReceiver>(agreed->suite, theirs.secret, base::Bytes(theirs.mki));
    if ((!order->sender && !sender) || (!order->receiver && !receiver)) return base::fail(unusable(agreed->suite));
    if (sender) {
      order->sender = sent_.add(ours);
      order->senders[*order->sender] = std::move(sender);
    }
    if (receiver) {
      order->receiver = received_.add(theirs);
      order->receivers[*order->receiver] = std::move(receiver);
    }
  }
  agreed_ = agreed;
  box_->put(std::move(order));
  return {};
}

}  // namespace offhook::inline v0::phone
