#pragma once

#include "line.hpp"

#include <offhook/agent/providers/embedded/guided_thinker.hpp>
#include <offhook/agent/providers/embedded/sphinx_decoder.hpp>

#include <memory>
#include <string>
#include <vector>

namespace speech_bench {

namespace embedded = offhook::agent::embedded;

/// One utterance of a caller, and the expected result.
struct Utterance {
  enum class What {
    Wish,            ///< truth: the intent's name
    Foreign,         ///< no intent of the dialogue, where an intent is expected
    Yes, No,         ///< after the dialogue has read a number back
    Number,          ///< truth: its digits
    Correction,      ///< "no, it's ..." after a number was read back; truth: its digits
    ForeignNumber,   ///< no number, where a number is expected
    ForeignYesNo,    ///< neither yes nor no, where yes or no is expected
  };
  std::string part;    ///< tune, held, unseen
  What what{};
  std::string truth;
  std::string caller;
  Pcm said;
  Pcm before;  ///< what this caller said in the previous turn; empty: this is the first turn
};
[[nodiscard]] std::string name(Utterance::What what);

struct Outcome {
  enum class Kind {
    Understood,      ///< accepted, and right
    Confirmed,       ///< the dialogue asks for confirmation, and it is right
    ConfirmedWrong,  ///< the dialogue asks for confirmation, and it is wrong; the caller can correct it with "no"
    Rejected,        ///< the dialogue asks again
    Wrong,           ///< accepted, and wrong
  };
  Kind kind{};
  std::string heard, best;  ///< best: the nearest intent
  double confidence = 0, score = 0;
};

/// Decodes one utterance at a time, each in a call of its own, and lets the dialogue decide. Each thread needs its own object.
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
