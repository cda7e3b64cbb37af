#pragma once

#include <offhook/base/time.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the simulated OpenAI hears, says and breaks: one JSON file (tests/services/openai/README.md describes it).
namespace offhook::services::openai {

using std::chrono::milliseconds;

/// One way of failing. `after_bytes` counts octets of audio, or of the HTTP body; 0: before the first.
struct Fault {
  enum class Kind : std::uint8_t {
    None,
    Status,         ///< HTTP: `status` instead of an answer, also to a WebSocket handshake
    Latency,        ///< `delay` more before anything is sent
    Error,          ///< Realtime: an error event instead of the response; HTTP: an error object after 200
    Failed,         ///< the response ends with status "failed" and `code`
    Incomplete,     ///< it ends with status "incomplete"
    Stall,          ///< nothing follows of this answer, ever
    Freeze,         ///< nothing follows on this connection, ever
    Garbage,        ///< something that is no JSON, or no SSE, in the middle
    BrokenJson,     ///< an event that ends too early, in the middle
    BrokenBase64,   ///< audio that is none, in the middle
    Drop,           ///< the connection ends without a close frame, or before the body's end
    Close,          ///< Realtime: a close frame with `status` as its code
    Empty,          ///< a response without anything in it
    UnknownEvents,  ///< event types that nobody knows, in between
    NoDone,         ///< SSE without its end mark
    Split,          ///< HTTP: the body in pieces of `bytes` octets, in the middle of lines and of UTF-8
    NoToolId,       ///< chat: tool calls without id and index, as some compatible servers send them
  };
  Kind kind = Kind::None;
  int status = 500;
  std::string code, message;
  int retry_after = -1;  ///< seconds; -1: no such header
  milliseconds delay{};
  std::size_t after_bytes = 0;
  std::size_t bytes = 1;
};

struct Call {
  std::string name, arguments;  ///< arguments: JSON text
};

/// One answer of the model.
struct Reply {
  std::string when;  ///< given only to a turn whose words have this in them; "": to any
  std::string text;
  std::vector<Call> calls;
  std::optional<milliseconds> response;  ///< from the end of the turn to the first octet
  Fault fault;
};

/// Faults of an endpoint: the k-th connection or request has the k-th of them; `repeat` goes on with the last one for ever.
struct Endpoint {
  std::vector<Fault> faults;
  bool repeat = false;
  std::optional<milliseconds> response;  ///< HTTP: instead of the scenario's
  [[nodiscard]] const Fault& fault(std::size_t request) const;
};

struct Scenario {
  std::string voice = "slt";                    ///< "slt", "rms", or "tone": quick, and nothing but beeps
  std::string key;                              ///< the API key that is right; "": any
  std::vector<std::string> heard;               ///< what the caller says in their k-th turn
  std::vector<Reply> replies;                   ///< in order; those with `when` also out of it
  bool loop = false;                            ///< after the last one the first comes again; else "I have nothing more to say."
  milliseconds response{300};
  milliseconds transcript_delay{400};           ///< from the end of a turn to its transcript
  double speed = 8;                             ///< of audio, over real time
  std::vector<int> chunk_ms{40, 100, 60, 80};   ///< how audio is cut, over and over
  milliseconds token{15};                       ///< between two pieces of text
  std::chrono::seconds max_session{3600};
  int vad_rms = 300;                            ///< of full scale 32768: louder is voice
  bool continuous = false;                      ///< Realtime: after each response another, unasked: for measuring what calls cost
  Endpoint realtime, chat, responses, transcription, speech;
};

/// Errors name the member that is wrong.
struct ScenarioRead {
  Scenario scenario;
  std::string error;  ///< "" when all is well
};
[[nodiscard]] ScenarioRead read_scenario(std::string_view json);
[[nodiscard]] std::string_view to_string(Fault::Kind kind);
/// Of a WebSocket: it happens to the handshake, and not when so many octets were heard.
[[nodiscard]] bool breaks_handshake(const Fault& fault);
/// It happens to the words of each turn.
[[nodiscard]] bool breaks_transcript(const Fault& fault);

/// Which answer is given: to the caller's words, as the `number`-th of this conversation.
[[nodiscard]] const Reply& choose_reply(const Scenario& scenario, std::string_view words, std::size_t number);
/// What was said in the `number`-th turn; "" when the scenario does not say.
[[nodiscard]] std::string_view heard_in(const Scenario& scenario, std::size_t number);

}  // namespace offhook::services::openai
