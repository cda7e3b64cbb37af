#pragma once

#include <offhook/base/time.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What the simulated speech service of Azure hears, says and breaks: one JSON file (README.md in this folder describes it).
namespace offhook::services::azure {

using std::chrono::milliseconds;

/// One way of failing. `after_ms` counts audio: of the caller in recognition, of the voice in synthesis; 0: before the first.
struct Fault {
  enum class Kind : std::uint8_t {
    None,
    Status,     ///< `status` instead of a handshake, or of an HTTP answer
    Latency,    ///< `delay` more before anything is sent
    Error,      ///< recognition: a phrase whose status is `text`; synthesis: a close frame with 1007; HTTP: 500
    Stall,      ///< nothing follows of this turn, ever
    Garbage,    ///< frames that are no messages, and messages that are no JSON, between good ones
    Drop,       ///< the connection ends without a close frame
    Close,      ///< a close frame with `status` and `text`
    Empty,      ///< a turn with nothing in it
    EarlyEnd,   ///< recognition: the service ends its turn by itself
    NoFinal,    ///< recognition: hypotheses, and no phrase
  };
  Kind kind = Kind::None;
  int status = 500;
  std::string text;
  milliseconds delay{};
  std::size_t after_ms = 0;
};
[[nodiscard]] std::string_view to_string(Fault::Kind kind);
/// It happens to the handshake. What else there is happens in a turn.
[[nodiscard]] bool breaks_handshake(const Fault& fault);

/// The k-th socket, turn or request has the k-th fault; `repeat` goes on with the last one for ever.
struct Door {
  std::vector<Fault> faults;
  bool repeat = false;
  [[nodiscard]] const Fault& fault(std::size_t number) const;
};

struct Scenario {
  std::string voice = "slt";          ///< "slt", "rms", or "tone": quick, and nothing but beeps
  std::string key;                    ///< the key that is right; "": any
  std::vector<std::string> heard;     ///< what the caller says in their k-th phrase
  std::vector<std::string> spoken;    ///< the locale of the k-th phrase, where a client has it detected; beyond the last: the first that the client names
  bool loop = false;                  ///< after the last of them the first comes again
  milliseconds response{200};         ///< from the end of the audio to the phrase, and from a text to its first audio
  milliseconds segmentation{500};     ///< silence of the caller that ends a phrase
  milliseconds hypothesis_every{300}; ///< of voice
  double speed = 8;                   ///< of audio, over real time
  int vad_rms = 300;                  ///< of full scale 32768: louder is voice
  Door recognition_sockets, recognition_turns, synthesis_sockets, synthesis_turns, short_audio, speech, voices;
};

/// Errors name the member that is wrong.
struct ScenarioRead {
  Scenario scenario;
  std::string error;  ///< "" when all is well
};
[[nodiscard]] ScenarioRead read_scenario(std::string_view json);
/// What was said in the `number`-th phrase; "" when the scenario does not say.
[[nodiscard]] std::string_view heard_in(const Scenario& scenario, std::size_t number);
/// Which of `candidates`, one at least, the `number`-th phrase is in: the service takes one of them for it, whatever was spoken.
[[nodiscard]] std::string language_of(const Scenario& scenario, std::size_t number, const std::vector<std::string>& candidates);

}  // namespace offhook::services::azure
