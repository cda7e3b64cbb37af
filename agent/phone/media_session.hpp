#pragma once

#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>
#include <offhook/media/engine/engine.hpp>
#include <offhook/sdp/negotiator.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::phone {

/// The media of one call: offer/answer (RFC 3264) and one leg of the engine. A new agreement takes effect at once, from the first answer
/// on; the leg exists as long as this object.
class MediaSession {
 public:
  /// Options besides the codecs.
  struct Extras {
    bool comfort_noise = true;  ///< RFC 3389
    bool voip_metrics = true;   ///< RFC 3611 section 5.2
    rtp::SourceRule source_rule = rtp::SourceRule::PeerHosts;
    bool order_of_offer = false;  ///< EndpointOptions::order_of_offer
  };
  /// `sdp_id` becomes the o= line's session id.
  MediaSession(media::Engine& engine, const std::vector<media::AudioCodec>& codecs, Extras extras, std::uint64_t sdp_id);
  ~MediaSession();
  MediaSession(const MediaSession&) = delete;
  MediaSession& operator=(const MediaSession&) = delete;

  /// Binds the leg's ports on `local`, which is also the address in this side's descriptions.
  base::Result<void, base::Error> open(const base::IpAddress& local, std::shared_ptr<media::AudioPort> port);

  /// Call it before open().
  void set_codecs(const std::vector<media::AudioCodec>& codecs);
  /// Returns the codec on which answer() to this offer would agree with `codecs`, if any.
  [[nodiscard]] std::optional<media::AudioCodec> codec_among(const std::vector<media::AudioCodec>& codecs, std::string_view offer,
                                                             const base::IpAddress& signalling_host) const;
  [[nodiscard]] base::Result<std::string, base::Error> make_offer();
  /// Returns the answer to the peer's offer. It replaces a pending offer of this side that waits after a 491, because the peer's is newer
  /// (RFC 3264 section 8). `signalling_host` is the source of the offer (unspecified: unknown). NotAcceptable means 488.
  [[nodiscard]] base::Result<std::string, base::Error> answer(std::string_view offer, const base::IpAddress& signalling_host);
  base::Result<void, base::Error> accept_answer(std::string_view answer, const base::IpAddress& signalling_host);
  /// Sets this side's m= lines besides the audio, from the next description on: see sdp::Negotiator. Call it after open().
  void set_other_media(std::vector<sdp::Media> ours) { negotiator_.set_others(std::move(ours)); }
  /// Returns the peer's other streams, from its latest description.
  [[nodiscard]] const std::vector<sdp::Media>& other_media() const { return others_; }
  void abandon_offer();  ///< the peer refused this side's offer: keeps the earlier agreement
  /// Sets the direction for the next offer.
  void set_on_hold(bool on_hold);

  /// Starts RTP as agreed; each later answer changes it.
  void start();
  [[nodiscard]] bool sends() const { return plan_ && plan_->send; }
  [[nodiscard]] bool receives() const { return plan_ && plan_->receive; }
  [[nodiscard]] std::optional<media::AudioCodec> codec() const;
  [[nodiscard]] std::optional<media::LegId> leg() const;
  /// Ends the leg, and returns its last statistics.
  std::optional<media::LegStatistics> close();

 private:
  void adopt(const sdp::AgreedAudio& agreed, const base::IpAddress& signalling_host);

  media::Engine& engine_;
  sdp::AudioCapability capability_;
  rtp::SourceRule source_rule_;
  std::uint64_t sdp_id_;
  sdp::Negotiator negotiator_;
  std::optional<media::OpenLeg> leg_;
  std::optional<media::MediaPlan> plan_;
  std::vector<sdp::Media> others_;  // the peer's other streams
  bool started_ = false;
};

}  // namespace offhook::inline v0::phone
