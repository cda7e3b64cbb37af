#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/conversation/tool.hpp>
#include <offhook/agent/providers/voice_format.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

/// Counts the audio and the words of one reply of a realtime model, bounds both, and stores the part that was spoken before a fault broke the reply
/// off. Pure.
class ReplyLedger {
 public:
  static constexpr std::size_t kMaxSeconds = 180;      ///< longest audio of a reply; the rest is dropped
  static constexpr std::size_t kMaxText = 64U << 10U;  ///< longest words of a reply, in octets; the rest is dropped
  static constexpr unsigned kMaxRetries = 1;           ///< most retries before more audio of the reply comes

  ReplyLedger() = default;
  /// `said`: the part of the reply that another provider spoke before it failed.
  explicit ReplyLedger(std::string_view said);

  /// Adds audio. Returns false if the reply would become too long.
  [[nodiscard]] bool add_audio(std::size_t octets, AudioFormat format);
  /// Adds words, and returns the part of them that is within the bound.
  [[nodiscard]] std::string_view add_words(std::string_view words);
  /// Call this when the audio of an item of the reply begins. The ledger then allows kMaxRetries again.
  void begin_sound();
  /// Adds text that the model wrote instead of speaking it.
  void add_written(std::string_view text);

  [[nodiscard]] bool has_content() const { return has_content_; }
  [[nodiscard]] bool may_retry() const { return retries_ < kMaxRetries; }
  /// Notes that the reply is requested again. `voiced`: the words of the reply whose audio has come.
  void retry(std::string_view voiced);
  /// Returns a note for the model, which must continue after the spoken part; "" if nothing was spoken, or if the note was already taken.
  [[nodiscard]] std::string take_note();
  [[nodiscard]] bool is_consistent() const { return text_octets_ <= kMaxText && retries_ <= kMaxRetries; }

 private:
  std::string said_;    // the part of the reply that another provider spoke, or that this model sent as text without audio
  std::string voiced_;  // words in this model's voice, before the reply was broken off
  bool continues_ = false, has_content_ = false;
  std::uint64_t octets_ = 0;
  std::size_t text_octets_ = 0;
  unsigned retries_ = 0;
};

/// Returns true if the action of a tool ends the conversation, so that no reply follows.
[[nodiscard]] bool ends_conversation(const ToolOutcome& outcome);

}  // namespace offhook::inline v0::agent
