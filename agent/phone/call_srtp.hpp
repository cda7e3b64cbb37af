#pragma once

#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>
#include <offhook/media/engine/packet_path.hpp>
#include <offhook/media/engine/srtp_path.hpp>
#include <offhook/sdp/srtp.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::phone {

/// SRTP of one call with keys in SDP: this side's keys, and the packet path of the leg.
class CallSrtp {
 public:
  /// Draws a key for each suite from the system's random source, unless the policy is Off or `has_keys` is false.
  explicit CallSrtp(sdp::SrtpPolicy policy, bool has_keys = true);

  [[nodiscard]] const sdp::SrtpCapability& capability() const { return capability_; }
  /// Returns the path for the call's leg, or null if the policy is Off.
  [[nodiscard]] std::unique_ptr<media::PacketPath> make_path();
  /// Returns the box of the path's keys. DTLS puts its keys there too.
  [[nodiscard]] const std::shared_ptr<media::SrtpKeyBox>& box() const { return box_; }
  /// Puts the agreed keys into effect; nullopt: the peer does not use SRTP. A direction continues its packet indexes if its key stays the same, or if it
  /// returns to an earlier key. `other_dialog` is true if the agreement is from another early dialog of a forked INVITE: then plain packets may pass, even if
  /// the former dialog was encrypted. Errors: NotAcceptable if OpenSSL cannot use the suite, or if the peer's MKI is too long; then nothing changes.
  [[nodiscard]] base::Result<void, base::Error> apply(const std::optional<sdp::AgreedSrtp>& agreed, bool other_dialog = false);
  /// Returns the suite in use, or "" if packets are not encrypted.
  [[nodiscard]] std::string_view suite() const { return agreed_ ? std::string_view(agreed_->suite) : ""; }

 private:
  /// The key of one direction.
  struct Key {
    std::string suite;
    std::vector<std::uint8_t> secret, mki;
    friend bool operator==(const Key&, const Key&) = default;
  };
  /// The keys of one direction. A key's index is its place in the SrtpPath. If all places are taken, a new key replaces the oldest key.
  struct Keys {
    std::array<Key, media::SrtpKeyOrder::kDtlsPlace> all{};
    std::size_t count = 0;
    [[nodiscard]] std::optional<std::size_t> find(const Key& key) const;
    std::size_t add(Key key);
  };

  sdp::SrtpCapability capability_;
  std::shared_ptr<media::SrtpKeyBox> box_ = std::make_shared<media::SrtpKeyBox>();
  Keys sent_, received_;
  std::optional<sdp::AgreedSrtp> agreed_;
};

}  // namespace offhook::inline v0::phone
