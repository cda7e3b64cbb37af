#pragma once

#include <offhook/agent/providers/deepgram/socket_out.hpp>
#include <offhook/agent/providers/http_failure.hpp>
#include <offhook/agent/providers/voiced_item.hpp>

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <variant>

/// What the parts of the Voice Agent's core share: frames on their way to the socket, events on their way to the session, counters.
namespace offhook::inline v0::agent::deepgram {

/// The socket that the conversation is on, as far as its settings are applied: what is sent while there is none is lost, and asked
/// anew by adopt().
struct AgentWire {
  std::deque<SocketOut> out;
  bool ready = false;

  void text(std::string frame) {
    if (ready) out.push_back({SocketOut::What::Text, std::move(frame)});
  }
  void audio(std::string octets) {
    if (!ready || octets.empty()) return;
    out.push_back({SocketOut::What::Audio, std::move(octets)});
    audio_sent = true;
  }
  bool audio_sent = false;  ///< since somebody last looked
  Retries retries;
};

struct TurnIsTaken { std::uint32_t turn = 0; std::string text; };
struct EarlierText { std::uint32_t turn = 0; std::string text; };  ///< of a turn that the caller went on after
struct MoreText { std::uint32_t turn = 0; std::string text; };     ///< all there is of a turn that was taken already
struct NothingHeard { std::uint32_t turn = 0; };
struct TurnFailed { std::uint32_t turn = 0; std::string why; FailureKind kind = FailureKind::Local; };
struct CallAsked { std::uint32_t turn = 0; std::string call_id, name, arguments; };
struct ReplyEnded { std::uint32_t turn = 0; };
struct ReplyBroken { std::uint32_t turn = 0; std::string why; FailureKind kind = FailureKind::Local; };
using AgentCoreEvent = std::variant<TurnIsTaken, EarlierText, MoreText, NothingHeard, TurnFailed, ItemBegan, ItemAudio, ItemText, ItemEnded,
                                    CallAsked, ReplyEnded, ReplyBroken>;
using AgentCoreEvents = std::deque<AgentCoreEvent>;

struct AgentCounters {
  std::uint64_t frames = 0;
  std::uint64_t garbage = 0;              ///< frames that could not be understood
  std::uint64_t warnings = 0;
  std::uint64_t reconnects = 0;
  std::uint64_t unasked_turns = 0;        ///< words that the server found and we did not
  std::uint64_t unasked_octets = 0;       ///< of audio that nobody wanted: of cancelled replies, or never asked for
  std::uint64_t audio_dropped = 0;        ///< octets of a reply that is longer than anybody would listen to
  std::uint64_t text_dropped = 0;         ///< octets
  std::uint64_t calls_dropped = 0;
  std::uint64_t notes_dropped = 0;        ///< for which the prompt had no room
  std::uint64_t early_audio_dropped = 0;  ///< octets of a turn's beginning that a new socket was not given again
  base::Duration connected{};             ///< with settings applied: what is paid for
};

}  // namespace offhook::inline v0::agent::deepgram
