#pragma once

#include <offhook/agent/providers/transcription/sound.hpp>
#include <offhook/agent/providers/transcription/turn_uplink.hpp>
#include <offhook/base/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

class LiveTranscription;

/// The properties of a service that a live transcription needs.
struct TranscriptionTraits {
  /// The use for which the service charges. SentAudio: all audio that it got. HeardAudio: the audio of the turns that it recognised or
  /// that were abandoned. Reported: the use in its messages.
  enum class Charge : std::uint8_t { SentAudio, HeardAudio, Reported };

  std::string whom;                           ///< name in sentences: "the recogniser nova-3"
  Sound sound{};
  TurnUplink::Shape uplink{};
  std::size_t max_text = 16U << 10U;          ///< longest text of a turn, in octets; later words are left out and counted
  Charge charge = Charge::SentAudio;
  std::optional<base::Duration> keep_alive{};   ///< interval of keep_alive() while nothing else is sent
  std::optional<base::Duration> renew_after{};  ///< age at which the next turn replaces the socket
  std::optional<std::size_t> max_behind_ms{};   ///< most unsent audio at the end of a turn; if there is more, the turn fails
  unsigned max_reconnects = 1;                ///< most reconnections in one turn
  bool reconnects_unopened = false;           ///< true: a socket that never opened is replaced too; false: the turn fails, because another listener is faster
  /// Shortest wait before the second and each later reconnection of a turn; a failure may require a longer wait. nullopt: no reconnection
  /// waits.
  std::optional<base::Duration> reopen_after{};
  bool keeps_spare = false;                   ///< true: a socket that is lost between two turns is replaced at once, but only once until a turn succeeds
};

/// The part of a live transcription that depends on the service: it writes and reads the service's messages. It has no socket and no clock. Each
/// function gets the LiveTranscription that invokes it, and acts through the functions of that object.
class TranscriptionProtocol {
 public:
  virtual ~TranscriptionProtocol() = default;
  [[nodiscard]] virtual TranscriptionTraits traits() const = 0;
  /// Sets the language of the call (BCP 47), before the first socket.
  virtual void set_language(std::string_view) {}

  // --- messages to the service
  /// Called when a new socket is requested: sends its first messages, and resets the state of the last socket.
  virtual void on_connecting(LiveTranscription&) {}
  /// Called before audio is sent. Returns true if audio can be sent now.
  [[nodiscard]] virtual bool prepare_audio(LiveTranscription&) { return true; }
  virtual void send_audio(LiveTranscription& live, std::string octets) = 0;
  /// Called when all audio of an ended turn was sent: requests its last words.
  virtual void send_end(LiveTranscription& live) = 0;
  /// Ends a turn that is abandoned, so that its audio does not become the beginning of the next turn.
  virtual void leave_turn(LiveTranscription& live) = 0;
  virtual void keep_alive(LiveTranscription&) {}
  /// Ends the stream as the protocol requires, at the end of the call.
  virtual void close(LiveTranscription&) {}

  // --- the turn
  virtual void on_begin(LiveTranscription&) {}
  /// Called when a turn begins while the text of the last turn is not complete. Returns true if the new turn continues the last turn.
  [[nodiscard]] virtual bool continue_turn() { return false; }
  virtual void on_tick(LiveTranscription&) {}
  /// Called when the caller's turn is over. Returns true if its text is already complete.
  [[nodiscard]] virtual bool on_end(LiveTranscription&) { return false; }
  /// Returns the wait for the last words after send_end(); nullopt if the conversation's own limit is enough.
  [[nodiscard]] virtual std::optional<base::Duration> answer_wait(const LiveTranscription&) const { return std::nullopt; }
  /// Called when the wait for the last words is over. Returns true if it has begun another wait or has ended the turn.
  [[nodiscard]] virtual bool on_wait_over(LiveTranscription&) { return false; }
  /// Called when the service has not answered in time. Returns true if the text of the turn still counts as complete.
  [[nodiscard]] virtual bool has_heard_it(const LiveTranscription&) const { return false; }
  /// Called when the turn has ended or failed.
  virtual void on_rest() {}

  // --- messages of the service
  virtual void on_text(LiveTranscription& live, std::string_view frame) = 0;
  virtual void on_binary(LiveTranscription&, std::string_view) {}

  [[nodiscard]] virtual bool is_consistent(const LiveTranscription&) const { return true; }
};

}  // namespace offhook::inline v0::agent
