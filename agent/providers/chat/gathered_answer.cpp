#include <offhook/agent/providers/chat/gathered_answer.hpp>

#include <utility>

namespace offhook::inline v0::agent::chat {

namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view why_empty(ModelFinished::Why why, bool is_inside_thought) {
  switch (why) {
    case ModelFinished::Why::Length:
      return "the model used up its tokens before it said a word: allow more, or let it think less";
    case ModelFinished::Why::Filtered: return "the server's content filter removed the answer";
    case ModelFinished::Why::Stop:
    case ModelFinished::Why::Calls: break;
  }
  return is_inside_thought ? "the model's answer is only a thought that does not end" : "the model's answer is empty";
}

}  // namespace

void GatheredAnswer::on_text(std::string_view text, std::vector<ModelEvent>& out) {
  if (text.empty() || over()) return;
  text_octets_ += text.size();
  if (text_octets_ > kMaxAnswerText) return fail(FailureKind::Protocol, "the model's answer is longer than the limit", out);
  std::string spoken = thoughts_.feed(text);
  if (spoken.empty()) return;
  said_ = said_ || spoken.find_first_not_of(kSpace) != std::string::npos;
  out.push_back(ModelText{std::move(spoken)});
}

void GatheredAnswer::on_call(const CallPiece& piece, std::vector<ModelEvent>& out) {
  if (over() || calls_.add(piece)) return;
  fail(FailureKind::Protocol, "the answer has too many or too long function calls", out);
}

void GatheredAnswer::give_usage(std::vector<ModelEvent>& out) {
  if (usage_ && !failed_) out.push_back(*usage_);
  usage_.reset();
}

void GatheredAnswer::finish(ModelFinished::Why why, std::vector<ModelEvent>& out) {
  if (over()) return;
  if (std::string rest = thoughts_.finish(); !rest.empty()) {
    said_ = true;
    out.push_back(ModelText{std::move(rest)});
  }
  auto calls = calls_.take();
  finished_ = true;
  if (calls.empty() && !said_) return out.push_back(ModelFailed{FailureKind::Empty, std::string(why_empty(why, thoughts_.is_inside()))});
  if (!calls.empty()) why = ModelFinished::Why::Calls;  // Some servers send "stop" even after function calls.
  for (ModelCall& call : calls) out.push_back(std::move(call));
  out.push_back(ModelFinished{why});
}

void GatheredAnswer::fail(FailureKind kind, std::string why, std::vector<ModelEvent>& out) {
  if (over()) return;
  failed_ = true;
  out.push_back(ModelFailed{kind, std::move(why)});
}

}  // namespace offhook::inline v0::agent::chat
