#pragma once

#include <offhook/base/time.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The words, answers and faults of the simulated OpenAI, read from one JSON file (tests/services/openai/README.md describes it).
namespace offhook::services::openai {

using std::chrono::milliseconds;

/// One fault. `after_bytes` counts octets of audio or of the HTTP body. 0: the fault comes before the first octet.
struct Fault {
  enum class Kind : std::uint8_t {
    None,
    Status,         ///< HTTP, and the handshake of a WebSocket: `status` instead of an answer
    Latency,        ///< all data come `delay` later
    Error,          ///< Realtime: an error event instead of the response; HTTP: an error object after 200
    Failed,         ///< the response ends with status "failed" and `code`
    Incomplete,     ///< the response ends with status "incomplete"
    Stall,          ///< no further data of this answer
    Freeze,         ///< no further data on this connection
    Garbage,        ///< data that is not JSON, or not SSE, in the middle
    BrokenJson,     ///< a truncated event in the middle
    BrokenBase64,   ///< audio that is not base64, in the middle
    Drop,           ///< the connection ends without a close frame, or before the end of the body
    Close,          ///< Realtime: a close frame with `status` as its code
    Empty,          ///< a response without content
    UnknownEvents,  ///< unknown event types between valid events
    NoDone,         ///< SSE without its end mark
    Split,          ///< HTTP: the body in pieces of `bytes` octets, cut within lines and within characters
    NoToolId,       ///< chat: tool calls without id and index, as some compatible servers send them
  };
  Kind kind = Kind::None;
  int status = 500;
  std::string code, message;
  int retry_after = -1;  ///< seconds; -1: the answer lacks this header field
  milliseconds delay{};
  std::size_t after_bytes = 0;
  std::size_t bytes = 1;
};

struct Call {
  std::string name, arguments;  ///< JSON text
};

/// One answer of the model.
struct Reply {
  std::string when;  ///< the reply is only for a turn whose words contain this text; "": for any turn
  std::string text;
  std::vector<Call> calls;
  std::optional<milliseconds> response;  ///< time from the end of the turn to the first octet
  Fault fault;
};

/// The faults of an endpoint. The k-th connection or request has the k-th fault. If `repeat` is true, the last fault also applies to all later ones.
struct Endpoint {
  std::vector<Fault> faults;
  bool repeat = false;
  std::optional<milliseconds> response;  ///< HTTP: replaces the response time of the scenario
  [[nodiscard]] const Fault& fault(std::size_t request) const;
};

struct Scenario {
  std::string voice = "slt";                    ///< "slt", "rms", or "tone": beeps, made without delay
  std::string key;                              ///< the valid API key; "": any
  std::vector<std::string> heard;               ///< the caller's words in the k-th turn
  std::vector<Reply> replies;                   ///< replies in their order; a reply with `when` may come out of order
  bool loop = false;                            ///< true: start again after the last reply; false: then the reply is "I have nothing more to say."
  milliseconds response{300};
  milliseconds transcript_delay{400};           ///< time from the end of a turn to its transcript
  double speed = 8;                             ///< sending rate of audio, as a multiple of real time
  std::vector<int> chunk_ms{40, 100, 60, 80};   ///< lengths of the pieces of audio, repeatedly
  milliseconds token{15};                       ///< time between two pieces of text
  std::chrono::seconds max_session{3600};
  int vad_rms = 300;                            ///< louder audio counts as voice; full scale is 32768
  bool continuous = false;                      ///< Realtime: one response follows another without a request, to measure the cost of calls
  Endpoint realtime, chat, responses, transcription, speech;
};

/// The result of read_scenario(). `error` names the invalid member.
struct ScenarioRead {
  Scenario scenario;
  std::string error;  ///< "" when the scenario is valid
};
[[nodiscard]] ScenarioRead read_scenario(std::string_view json);
[[nodiscard]] std::string_view to_string(Fault::Kind kind);
/// Returns true for a fault of a WebSocket's handshake. Such a fault does not wait for received octets.
[[nodiscard]] bool breaks_handshake(const Fault& fault);
/// Returns true for a fault that breaks the words of each turn.
[[nodiscard]] bool breaks_transcript(const Fault& fault);

/// Returns the answer to the caller's words. It is answer number `number` of this conversation.
[[nodiscard]] const Reply& choose_reply(const Scenario& scenario, std::string_view words, std::size_t number);
/// Returns the words of the `number`-th turn, or "" when the scenario has none.
[[nodiscard]] std::string_view heard_in(const Scenario& scenario, std::size_t number);

}  // namespace offhook::services::openai
