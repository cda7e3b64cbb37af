#pragma once

#include <offhook/agent/providers/socket_out.hpp>
#include <offhook/agent/providers/http_failure.hpp>
#include <offhook/agent/providers/voiced_item.hpp>

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <variant>

/// The objects that the parts of the Voice Agent's core share: frames for the socket, events for the session, counters.
namespace offhook::inline v0::agent::deepgram {

/// The frames for the present socket. Until its settings are applied (`ready`), frames are dropped. adopt() sends their content later.
struct AgentWire {
  std::deque<SocketOut> out;
  bool ready = false;

  void text(std::string frame) {
    if (ready) out.push_back({SocketOut::What::Text, std::move(frame)});
  }
  void audio(std::string octets) {
    if (!ready || octets.empty()) return;
    out.push_back({SocketOut::What::Binary, std::move(octets)});
    audio_sent = true;
  }
  bool audio_sent = false;  ///< true if audio was sent since the owner last cleared it
  Retries retries;
};

struct TurnIsTaken { std::uint32_t turn = 0; std::string text; };
struct EarlierText { std::uint32_t turn = 0; std::string text; };  ///< words of an ended turn after which the caller continued
struct MoreText { std::uint32_t turn = 0; std::string text; };     ///< all words of a turn that the server had taken before with fewer words
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
  std::uint64_t garbage = 0;              ///< frames that could not be parsed
  std::uint64_t warnings = 0;
  std::uint64_t reconnects = 0;
  std::uint64_t unasked_turns = 0;        ///< number of the server's texts for audio in which Offhook detected no turn
  std::uint64_t unasked_octets = 0;       ///< octets of audio that was dropped, because its reply was cancelled or not requested
  std::uint64_t audio_dropped = 0;        ///< octets of audio beyond the longest reply
  std::uint64_t text_dropped = 0;         ///< octets of text beyond the longest reply
  std::uint64_t calls_dropped = 0;
  std::uint64_t notes_dropped = 0;        ///< notes for which the prompt had no space
  std::uint64_t early_audio_dropped = 0;  ///< octets at the beginning of a turn that a new socket did not get
  base::Duration connected{};             ///< time with settings applied, which Deepgram charges
};

}  // namespace offhook::inline v0::agent::deepgram
