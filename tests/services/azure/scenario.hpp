#pragma once

#include <offhook/base/time.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The words, answers and faults of the simulated speech service of Azure, read from one JSON file (README.md in this folder describes it).
namespace offhook::services::azure {

using std::chrono::milliseconds;

/// One fault. `after_ms` is a duration of audio: of the caller's audio in recognition, of the voice in synthesis. 0: the fault comes before
/// the first audio.
struct Fault {
  enum class Kind : std::uint8_t {
    None,
    Status,     ///< `status` instead of a handshake or an HTTP answer
    Latency,    ///< `delay` before all messages
    Error,      ///< recognition: a phrase whose status is `text`; synthesis: a close frame with 1007; HTTP: 500
    Stall,      ///< no further message of this turn
    Garbage,    ///< frames that are not messages, and messages that are not JSON, between valid ones
    Drop,       ///< the connection ends without a close frame
    Close,      ///< a close frame with `status` and `text`
    Empty,      ///< a turn without content
    EarlyEnd,   ///< recognition: the service ends the turn by itself
    NoFinal,    ///< recognition: hypotheses without a phrase
  };
  Kind kind = Kind::None;
  int status = 500;
  std::string text;
  milliseconds delay{};
  std::size_t after_ms = 0;
};
[[nodiscard]] std::string_view to_string(Fault::Kind kind);
/// Returns true for a fault of the handshake. All other faults take effect in a turn.
[[nodiscard]] bool breaks_handshake(const Fault& fault);

/// The faults of one endpoint. The k-th socket, turn or request has the k-th fault. If `repeat` is true, the last fault also applies to all
/// later ones.
struct Door {
  std::vector<Fault> faults;
  bool repeat = false;
  [[nodiscard]] const Fault& fault(std::size_t number) const;
};

struct Scenario {
  std::string voice = "slt";          ///< "slt", "rms", or "tone": beeps, made without delay
  std::string key;                    ///< the valid key; "": any
  std::vector<std::string> heard;     ///< the caller's words in the k-th phrase
  std::vector<std::string> spoken;    ///< locale of the k-th phrase if the client requests detection; after the last: the client's first locale
  bool loop = false;                  ///< true: `heard` and `spoken` start again after their last entry
  milliseconds response{200};         ///< time from the end of the audio to the phrase, and from a text to its first audio
  milliseconds segmentation{500};     ///< silence of the caller that ends a phrase
  milliseconds hypothesis_every{300}; ///< duration of voice between two hypotheses
  double speed = 8;                   ///< sending rate of audio, as a multiple of real time
  int vad_rms = 300;                  ///< louder audio counts as voice; full scale is 32768
  Door recognition_sockets, recognition_turns, synthesis_sockets, synthesis_turns, short_audio, speech, voices;
};

/// The result of read_scenario(). The error names the invalid member.
struct ScenarioRead {
  Scenario scenario;
  std::string error;  ///< "" when the scenario is valid
};
[[nodiscard]] ScenarioRead read_scenario(std::string_view json);
/// Returns the words of the `number`-th phrase, or "" when the scenario has none.
[[nodiscard]] std::string_view heard_in(const Scenario& scenario, std::size_t number);
/// Returns the locale that the service detects in the `number`-th phrase. It is always one of `candidates`, even if the phrase has another
/// locale. `candidates` must not be empty.
[[nodiscard]] std::string language_of(const Scenario& scenario, std::size_t number, const std::vector<std::string>& candidates);

}  // namespace offhook::services::azure
