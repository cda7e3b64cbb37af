#pragma once

#include "line.hpp"

#include <offhook/agent/providers/embedded/guided_thinker.hpp>
#include <offhook/agent/providers/embedded/sphinx_decoder.hpp>

#include <memory>
#include <string>
#include <vector>

namespace speech_bench {

namespace embedded = offhook::agent::embedded;

/// One utterance of a caller, and what the dialogue should understand.
struct Utterance {
  enum class What {
    Wish,            ///< an intent; `truth` is its name
    Foreign,         ///< words for which the dialogue has no intent, where an intent is expected
    Yes, No,         ///< the answer after the dialogue has read a number back
    Number,          ///< a number; `truth` is its digits
    Correction,      ///< "no, it's ..." after the dialogue has read a number back; `truth` is the digits
    ForeignNumber,   ///< words without a number, where a number is expected
    ForeignYesNo,    ///< words that mean neither yes nor no, where yes or no is expected
  };
  std::string part;    ///< "tune", "held" or "unseen"
  What what{};
  std::string truth;
  std::string caller;
  Pcm said;
  Pcm before;  ///< the words of this caller in the previous turn; empty: this is the first turn
};
[[nodiscard]] std::string name(Utterance::What what);

struct Outcome {
  enum class Kind {
    Understood,      ///< the dialogue accepts the utterance, and understood it right
    Confirmed,       ///< the dialogue asks for confirmation, and understood the utterance right
    ConfirmedWrong,  ///< the dialogue asks for confirmation, and understood the utterance wrong; the caller can correct it with "no"
    Rejected,        ///< the dialogue asks the question again
    Wrong,           ///< the dialogue accepts the utterance, and understood it wrong
  };
  Kind kind{};
  std::string heard, best;  ///< best: the intent with the best score
  double confidence = 0, score = 0;
};

/// Decodes one utterance at a time, each in a separate call, and lets the dialogue decide. Each thread needs its own object.
class Experiment {
 public:
  Experiment(std::shared_ptr<const embedded::DialogueKnowledge> knowledge, std::unique_ptr<embedded::SphinxDecoder> decoder);
  [[nodiscard]] Outcome run(const Utterance& utterance, const Line& line);

 private:
  [[nodiscard]] embedded::Recognised hear(const Pcm& pcm, const std::string& expect);

  std::shared_ptr<const embedded::DialogueKnowledge> knowledge_;
  std::unique_ptr<embedded::SphinxDecoder> decoder_;
};

}  // namespace speech_bench
