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

/// One call's media: offer/answer (RFC 3264) joined with one leg of the engine. What is agreed on takes effect at once, from
/// the first answer on; the leg lives as long as this object.
class MediaSession {
 public:
  /// What is offered and taken besides codecs, and from where.
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

  /// Binds the leg's ports on `local`, which is the address that our descriptions carry too.
  base::Result<void, base::Error> open(const base::IpAddress& local, std::shared_ptr<media::AudioPort> port);

  /// Before open().
  void set_codecs(const std::vector<media::AudioCodec>& codecs);
  /// What answer() to this offer would agree on with these codecs, if anything.
  [[nodiscard]] std::optional<media::AudioCodec> codec_among(const std::vector<media::AudioCodec>& codecs, std::string_view offer,
                                                             const base::IpAddress& signalling_host) const;
  [[nodiscard]] base::Result<std::string, base::Error> make_offer();
  /// Our answer to the peer's offer. It takes the place of an offer of ours that waits after a 491, because the peer's is newer (RFC 3264 section 8). It came from `signalling_host` (unspecified: unknown). NotAcceptable: 488.
  [[nodiscard]] base::Result<std::string, base::Error> answer(std::string_view offer, const base::IpAddress& signalling_host);
  base::Result<void, base::Error> accept_answer(std::string_view answer, const base::IpAddress& signalling_host);
  /// Our m= lines beside the audio's, from the next description on: see sdp::Negotiator. After open().
  void set_other_media(std::vector<sdp::Media> ours) { negotiator_.set_others(std::move(ours)); }
  /// The peer's, by its latest description.
  [[nodiscard]] const std::vector<sdp::Media>& other_media() const { return others_; }
  void abandon_offer();  ///< ours was refused: all stays as agreed before
  /// What we wish from now on; the next offer says so.
  void set_on_hold(bool on_hold);

  /// From now on RTP flows as agreed, and as each later answer changes it.
  void start();
  [[nodiscard]] bool sends() const { return plan_ && plan_->send; }
  [[nodiscard]] bool receives() const { return plan_ && plan_->receive; }
  [[nodiscard]] std::optional<media::AudioCodec> codec() const;
  [[nodiscard]] std::optional<media::LegId> leg() const;
  /// Ends the leg; its last statistics.
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
  std::vector<sdp::Media> others_;  // the peer's
  bool started_ = false;
};

}  // namespace offhook::inline v0::phone
