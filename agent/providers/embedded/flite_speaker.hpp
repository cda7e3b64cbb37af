#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/providers/embedded/voice_cache.hpp>

#include <cstddef>
#include <memory>

namespace offhook::inline v0::agent::embedded {

inline constexpr std::size_t kMaxSpokenBytes = 4000;  ///< longest text of one speak(), in octets; a longer text fails

/// The Speaker of one call. If the cache has all sentences of a text, its audio is complete when speak() returns; otherwise the audio comes in pieces.
class FliteSpeaker final : public Speaker {
 public:
  FliteSpeaker(std::shared_ptr<VoiceCache> voice, Wake wake);
  ~FliteSpeaker() override;
  FliteSpeaker(const FliteSpeaker&) = delete;
  FliteSpeaker& operator=(const FliteSpeaker&) = delete;

  [[nodiscard]] std::uint32_t rate_hz() const override;
  void speak(std::uint32_t utterance, std::string_view text) override;
  void cancel() override;
  [[nodiscard]] std::optional<SpeakEvent> poll() override;
  [[nodiscard]] ModelAndVoice asked() const override;

 private:
  struct Session;
  std::shared_ptr<Session> session_;
};

}  // namespace offhook::inline v0::agent::embedded
