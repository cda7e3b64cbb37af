#include <offhook/agent/conversation/tool_question.hpp>

#include <utility>

namespace offhook::inline v0::agent {

void ToolQuestion::ask(std::string question) {
  unsaid_ = std::move(question);
  utterance_ = 0;  // The unsent part of an earlier question does not belong to this question.
  awaits_answer_ = true;
}

void ToolQuestion::withdraw() {
  unsaid_.reset();
  utterance_ = 0;
}

ToolQuestion::Progress ToolQuestion::on_sent(const media::MediaEvent& event) {
  if (utterance_ == 0 || event.utterance < utterance_) return Progress::None;
  if (event.kind == media::MediaEvent::Kind::UtteranceSent) {
    utterance_ = 0;
    return Progress::Heard;
  }
  return event.utterance == utterance_ && event.word == 0 ? Progress::Began : Progress::None;
}

bool ToolQuestion::spoil() {
  if (unsaid_ || !is_asking()) return false;
  utterance_ = 0;
  awaits_answer_ = false;
  return true;
}

bool ToolQuestion::drop() {
  withdraw();
  awaits_answer_ = false;
  return std::exchange(may_ask_, false);
}

}  // namespace offhook::inline v0::agent
