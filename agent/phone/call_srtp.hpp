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

/// The SRTP of one call: the keys of this side, and the path of packets of its leg.
class CallSrtp {
 public:
  /// Draws a key for each suite from the system, unless the policy is Off or `has_keys` is false.
  explicit CallSrtp(sdp::SrtpPolicy policy, bool has_keys = true);

  [[nodiscard]] const sdp::SrtpCapability& capability() const { return capability_; }
  /// Returns the path for the call's leg, or null if the policy is Off.
  [[nodiscard]] std::unique_ptr<media::PacketPath> make_path();
  /// The keys of the path, which DTLS puts there too.
  [[nodiscard]] const std::shared_ptr<media::SrtpKeyBox>& box() const { return box_; }
  /// Puts the agreed keys into effect; nullopt: the peer does not use SRTP. A direction whose key did not change continues, and so does one that returns to an
  /// earlier key. Errors: NotAcceptable if OpenSSL
  /// cannot use the suite, or the peer's MKI is too long; then nothing changes. `other_dialog`: the agreement is that of another early dialog of a forked INVITE,
  /// so that packets can be plain although they were encrypted before.
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
  /// The keys of one direction. Each has the place of the same number in the SrtpPath. If there are too many, a new key replaces the oldest one.
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
