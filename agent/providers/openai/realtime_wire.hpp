#pragma once

#include <offhook/agent/providers/openai/realtime_fault.hpp>
#include <offhook/agent/providers/voiced_item.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The objects that the parts of the Realtime core share: frames for the sockets, events for the session, counters.
namespace offhook::inline v0::agent::openai::realtime {

/// A request to the owner of the sockets. `text` is valid until the next call of any function of the core except the one that returns requests.
struct Transmit {
  enum class What : std::uint8_t { Open, Text, Close };
  What what{};
  std::uint32_t socket = 0;  ///< number of the socket, which Offhook chooses and never uses twice
  std::string_view text;
};

/// A queue of frames in one buffer, whose memory is used again.
class Outbox {
 public:
  static constexpr std::size_t kKept = 64U << 10U;  ///< largest buffer, in octets, that stays allocated when the queue is empty

  void open(std::uint32_t socket) { add(Transmit::What::Open, socket, text_.size()); }
  void close(std::uint32_t socket) { add(Transmit::What::Close, socket, text_.size()); }
  /// Queues one frame, which `write(std::string&)` appends.
  template <class Write>
  void send(std::uint32_t socket, Write write) {
    make_room();
    const std::size_t begin = text_.size();
    write(text_);
    add(Transmit::What::Text, socket, begin);
  }
  [[nodiscard]] std::optional<Transmit> poll();

 private:
  struct Entry { Transmit::What what{}; std::uint32_t socket = 0; std::size_t begin = 0, end = 0; };
  void make_room();
  void add(Transmit::What what, std::uint32_t socket, std::size_t begin);

  std::string text_;
  std::vector<Entry> entries_;
  std::size_t next_ = 0;
};

/// The present socket. While it is not `ready`, frames are dropped, and adopt() sends their content later.
struct Wire {
  Outbox out;
  std::uint32_t socket = 0;
  bool ready = false;
  Retries retries;  ///< retries of sockets

  template <class Write>
  void send(Write write) {
    if (ready) out.send(socket, write);
  }
};

struct TurnIsTaken { std::uint32_t turn = 0; };
struct NothingHeard { std::uint32_t turn = 0; };                      ///< a turn without audio
struct CallerText { std::uint32_t turn = 0; std::string text; };
struct ReplyWritten { std::uint32_t turn = 0; std::string text; };    ///< the model wrote a reply instead of speaking it
struct CallAsked { std::uint32_t turn = 0; std::string call_id, name, arguments; };
struct ReplyEnded { std::uint32_t turn = 0; };
struct ReplyBroken { std::uint32_t turn = 0; Fault fault; };
using RealtimeEvent = std::variant<TurnIsTaken, NothingHeard, CallerText, ItemBegan, ItemAudio, ItemText, ItemEnded, ReplyWritten,
                                   CallAsked, ReplyEnded, ReplyBroken>;
using RealtimeEvents = std::deque<RealtimeEvent>;

struct RealtimeCounters {
  std::uint64_t frames = 0;
  std::uint64_t unknown_events = 0;
  std::uint64_t garbage = 0;            ///< frames that could not be parsed
  std::uint64_t errors_passed = 0;      ///< `error` events that need no action
  std::uint64_t late_deltas = 0;        ///< pieces of replies that were cancelled or are over
  std::uint64_t unasked_responses = 0;
  std::uint64_t unasked_turns = 0;      ///< turns that the server detected and Offhook did not
  std::uint64_t audio_dropped = 0;      ///< octets of audio beyond the longest reply
  std::uint64_t text_dropped = 0;       ///< octets of text beyond the longest reply
  std::uint64_t items_dropped = 0;
  std::uint64_t calls_dropped = 0;
  std::uint64_t lost_cancels = 0;       ///< cancelled responses that never ended
  std::uint64_t reconnects = 0;
  std::uint64_t renewals = 0;
  std::uint64_t early_audio_dropped = 0;  ///< octets at the beginning of a turn that a new socket did not get
  Usage usage;                          ///< use of all responses
};

}  // namespace offhook::inline v0::agent::openai::realtime
