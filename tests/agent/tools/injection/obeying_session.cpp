#include <offhook/tests/agent/tools/injection/obeying_session.hpp>

#include <nlohmann/json.hpp>

#include <utility>

namespace offhook::test {

using namespace agent;

namespace {

/// Appends all texts within a JSON value to `all`, unescaped. If a text is JSON, appends the texts within it.
void read_texts(const nlohmann::json& value, std::string& all) {
  if (value.is_string()) {
    const std::string text = value;
    const auto inner = nlohmann::json::parse(text.substr(std::min(text.find('{'), text.size())), nullptr, false);
    if (inner.is_object()) return read_texts(inner, all);
    all += text + "\n";
  }
  for (const auto& inner : value.is_structured() ? value : nlohmann::json::array()) read_texts(inner, all);
}

std::string texts_of(const std::string& json_text) {
  const auto value = nlohmann::json::parse(json_text, nullptr, false);
  std::string all;
  if (value.is_discarded()) return json_text;
  read_texts(value, all);
  return all;
}

}  // namespace

void ObeyingSession::open(const SessionContext& context, base::TimePoint) {
  prompt_ = context.prompt;
  from_the_start_ = orders_in(context.prompt);
  if (context.tools == nullptr) return;
  for (const ToolDescription& tool : *context.tools) {
    for (const auto& order : orders_in(tool.description + "\n" + texts_of(tool.parameters))) from_the_start_.push_back(order);
  }
}

void ObeyingSession::end_turn() {
  std::string words;
  if (!heard_.empty()) words = std::exchange(heard_.front(), {}), heard_.pop_front();
  events_.emplace_back(Transcript{listening_, true, std::move(words), 0.9, false});
}

void ObeyingSession::respond(const TurnInput& input) {
  turn_ = input.turn;
  rounds_ = 0;
  open_calls_ = 0;
  auto orders = orders_in(input.text);
  if (input.kind != TurnInput::Kind::Opening) orders.insert(orders.begin(), from_the_start_.begin(), from_the_start_.end()), from_the_start_.clear();
  events_.emplace_back(ReplyText{turn_, "Of course."});
  apply(orders);
}

void ObeyingSession::apply(const std::vector<Order>& orders) {
  for (const Order& order : orders) {
    const std::string id = order.call_id.empty() ? "call_" + std::to_string(++calls_) : order.call_id;
    events_.emplace_back(ToolCall{turn_, id, order.name, order.arguments});
  }
  obeyed_ += orders.size();
  open_calls_ += orders.size();
  if (open_calls_ == 0) finish_reply();
}

void ObeyingSession::finish_reply() { events_.emplace_back(ReplyDone{turn_}); }

void ObeyingSession::on_tool(const ToolOutcome& outcome) {
  ++answered_;
  results_.push_back(outcome.result);
  if (outcome.turn != turn_ || open_calls_ == 0) return;
  --open_calls_;
  if (++rounds_ <= kMaxRounds) return apply(orders_in(texts_of(outcome.result)));
  if (open_calls_ == 0) finish_reply();
}

void ObeyingSession::cancel(std::uint32_t turn) {
  if (turn == turn_) open_calls_ = 0;
  std::erase_if(events_, [turn](const SessionEvent& event) {
    const auto is_of_turn = [turn](const auto& e) {
      if constexpr (requires { e.turn; }) return e.turn == turn;
      return false;
    };
    return !std::holds_alternative<Transcript>(event) && std::visit(is_of_turn, event);
  });
}

void ObeyingSession::speak(std::uint32_t utterance, std::string_view) {
  constexpr std::size_t kSamples = 4800;  // 0.3 s at 16 kHz, loud enough to count as a voice
  SpeechAudio audio;
  audio.utterance = utterance;
  audio.rate_hz = 16000;
  audio.pcm.assign(kSamples, 6000);
  audio.words = {{"word", 0}};
  events_.emplace_back(std::move(audio));
  events_.emplace_back(SpeechDone{utterance});
}

std::optional<SessionEvent> ObeyingSession::poll() {
  if (events_.empty()) return std::nullopt;
  SessionEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

}  // namespace offhook::test
