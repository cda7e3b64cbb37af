#pragma once

#include "line.hpp"

#include <offhook/agent/providers/embedded/guided_thinker.hpp>
#include <offhook/agent/providers/embedded/sphinx_decoder.hpp>

#include <memory>
#include <string>
#include <vector>

namespace speech_bench {

namespace embedded = offhook::agent::embedded;

/// Something a caller says, and what should come of it.
struct Utterance {
  enum class What {
    Wish,            ///< truth: the intent's name
    Foreign,         ///< nothing that the dialogue knows, where wishes are expected
    Yes, No,         ///< where a number was read back
    Number,          ///< truth: its digits
    Correction,      ///< "no, it's ..." of a number that was read back; truth: its digits
    ForeignNumber,   ///< foreign, where a number is expected
    ForeignYesNo,    ///< foreign, where yes or no is expected
  };
  std::string part;    ///< tune, held, unseen
  What what{};
  std::string truth;
  std::string caller;
  Pcm said;
  Pcm before;  ///< what this caller said in the turn before; empty: it is the first one
};
[[nodiscard]] std::string name(Utterance::What what);

struct Outcome {
  enum class Kind {
    Understood,      ///< taken, and right
    Confirmed,       ///< the caller is asked whether it is right, and it is
    ConfirmedWrong,  ///< asked, and it is not: a no away from being mended
    Rejected,        ///< asked again
    Wrong,           ///< taken, and wrong
  };
  Kind kind{};
  std::string heard, best;  ///< best: the nearest intent
  double confidence = 0, score = 0;
};

/// Hears one utterance at a time, each in a call of its own, and lets the dialogue decide. One per thread.
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
