#include <offhook/agent/providers/session_chain.hpp>

#include <algorithm>
#include <span>
#include <utility>

namespace offhook::inline v0::agent {

namespace {

constexpr std::string_view kRefused = "(what the caller said here was refused by the content filter)";

std::string describe(const TurnInput& input) {
  switch (input.kind) {
    case TurnInput::Kind::Digits: return "The caller pressed the keys " + input.text + ".";
    case TurnInput::Kind::Silence: return "The caller has said nothing for a while.";
    case TurnInput::Kind::Failure: return "The transfer failed: nobody was reached there. The caller is still on the line.";
    case TurnInput::Kind::ToolResult: return "The result of " + input.text + " has come, and the caller has not heard of it. Tell them now.";
    case TurnInput::Kind::Back: return "The caller is back from a hold. Say that you are there.";
    case TurnInput::Kind::OtherCaller: return other_caller_note(input.text);
    case TurnInput::Kind::Opening: return input.text == kMachineAnswered ? std::string(kMachineAnsweredNote) : std::string();
    case TurnInput::Kind::Speech: return {};
  }
  return {};
}

}  // namespace

SessionChain::SessionChain(ChainOptions options, std::shared_ptr<Breakers> breakers, Wake wake)
    : options_(std::move(options)), breakers_(std::move(breakers)), wake_(std::move(wake)) {}

void SessionChain::open(const SessionContext& context, base::TimePoint now) {
  context_ = context;
  context_.history = &history_;
  now_ = now;
  take_session(std::min(next_to_ask(0), options_.sessions.size() - 1));
  report_passed_over(Stage::Think, 0);
}

std::size_t SessionChain::next_to_ask(std::size_t index) {
  while (index < options_.sessions.size() && !breakers_->try_ask(options_.sessions[index].name, now_)) ++index;
  return index;
}

void SessionChain::report_passed_over(Stage stage, std::size_t index) {
  for (; index < at_; ++index)
    own_.push_back(ProviderSwitched{stage, options_.sessions[index].name, options_.sessions[at_].name, std::string(kPassedOver), session_->service().asked});
}

void SessionChain::take_session(std::size_t index) {
  if (session_) gone_.push_back(std::move(session_));
  at_ = index;
  session_ = options_.sessions[index].make(wake_);
  session_->open(context_, now_);
}

void SessionChain::tick(base::TimePoint now) {
  now_ = now;
  gone_.clear();
  session_->tick(now);
}

// --- the caller's turn -------------------------------------------------------------------------------------------------------

void SessionChain::begin_turn(std::uint32_t turn, std::string_view expect) {
  const bool goes_on = turn_.listening && turn_.ended && !turn_.taken;
  turn_.number = turn;
  turn_.expect = expect;
  turn_.listening = true;
  turn_.ended = turn_.taken = turn_.hears_again = turn_.words_count = false;
  turn_.words.clear();
  attempts_ = 0;
  if (goes_on) turn_.heard.go_on(turn);
  else turn_.heard.begin(turn, session_->listen_rate_hz());
  session_->begin_turn(turn, expect);
}

void SessionChain::feed(std::span<const std::int16_t> pcm) {
  if (turn_.listening && !turn_.ended) turn_.heard.append(pcm);
  session_->feed(pcm);
}

void SessionChain::end_turn() {
  turn_.ended = true;
  session_->end_turn();
}

void SessionChain::abandon_turn() {
  turn_.listening = false;
  turn_.heard.clear();
  session_->abandon_turn();
}

// --- the reply ---------------------------------------------------------------------------------------------------------------

void SessionChain::note_input(const TurnInput& input) {
  if (input.supersedes != 0 && !input.text.empty() && history_.supersede(input.supersedes, input.turn, input.text)) return;
  if (input.kind == TurnInput::Kind::Speech) {
    if (turn_.taken || input.text.empty()) return;
    history_.add({HistoryEntry::Kind::Caller, input.turn, input.text, {}, {}, false});
  } else if (std::string text = describe(input); !text.empty()) {
    history_.add({HistoryEntry::Kind::Note, input.turn, std::move(text), {}, {}, false});
  }
}

void SessionChain::greet(std::uint32_t turn) {
  thinking_ = false;
  greets_ = options_.recorded_greeting.has_value();
  own_.push_back(ReplyText{turn, greets_ ? options_.recorded_greeting->words() : options_.greeting});
  own_.push_back(ReplyDone{turn});
}

/// Returns `input` with the words of the turn that the conversation does not have: those that came before the session took the turn
/// early (words_count). If the turn continues an earlier turn, `input.text` begins with the conversation's text of the earlier turn;
/// the complete text of the earlier turn replaces this beginning.
TurnInput SessionChain::with_words(TurnInput input) {
  const std::string before = std::exchange(asked_, input.text);
  if (input.kind != TurnInput::Kind::Speech) return input;
  const bool has_words = std::exchange(turn_.words_count, false);
  const bool goes_on = input.supersedes != 0 && input.supersedes == input_.turn && input.text.starts_with(before);
  std::string part = goes_on ? input.text.substr(std::min(input.text.size(), input.text.find_first_not_of(' ', before.size()))) : input.text;
  if (has_words) part += turn_.words;
  if (part.empty()) return input;  // The session took the turn as audio.
  input.text = goes_on && !input_.text.empty() ? input_.text + ' ' + part : part;
  return input;
}

void SessionChain::respond(const TurnInput& asked) {
  const TurnInput input = with_words(asked);
  input_ = input;
  turn_.listening = false;
  said_something_ = leaves_ = false;
  if (input.kind != TurnInput::Kind::Speech) attempts_ = 0;
  if (!turn_.taken) turn_.heard.clear();
  greets_ = false;
  const bool has_greeting = options_.recorded_greeting || !options_.greeting.empty();
  if (input.kind == TurnInput::Kind::Opening && input.text.empty() && has_greeting) return greet(input.turn);
  thinking_ = true;
  note_input(input);
  session_->respond(input);
}

void SessionChain::on_tool(const ToolOutcome& outcome) {
  history_.add({HistoryEntry::Kind::ToolResult, outcome.turn, outcome.result, {}, outcome.call_id, false});
  session_->on_tool(outcome);
}

void SessionChain::cancel(std::uint32_t turn) {
  thinking_ = turn_.hears_again = greets_ = leaves_ = false;
  std::erase_if(own_, [](const SessionEvent& event) { return std::holds_alternative<ReplyText>(event) || std::holds_alternative<ReplyDone>(event); });
  session_->cancel(turn);
}

void SessionChain::on_heard(const HeardReply& heard) {
  if (!heard.text.empty()) history_.add({HistoryEntry::Kind::Agent, heard.turn, heard.text, {}, {}, heard.interrupted});
  session_->on_heard(heard);
}

// --- the voice ---------------------------------------------------------------------------------------------------------------

void SessionChain::speak(std::uint32_t utterance, std::string_view text) {
  if (greets_ && text == options_.recorded_greeting->words()) {
    greets_ = false;
    return options_.recorded_greeting->speak(utterance);
  }
  open_.push_back({HalfSpoken(utterance, std::string(text)), text.empty()});
  session_->speak(utterance, text);
}

void SessionChain::cancel_speech() {
  open_.clear();
  if (options_.recorded_greeting) options_.recorded_greeting->cancel();
  session_->cancel_speech();
}

void SessionChain::on_unheard(base::Duration unheard) {
  if (options_.recorded_greeting) options_.recorded_greeting->on_unheard(unheard);
}

// --- failures ----------------------------------------------------------------------------------------------------------------

bool SessionChain::next_session(std::string_view why, Stage stage) {
  breakers_->on_failure(options_.sessions[at_].name, std::exchange(failure_, FailureKind::Timeout), now_);
  const std::size_t at = at_, next = next_to_ask(at + 1);
  if (next >= options_.sessions.size()) return false;
  take_session(next);
  own_.push_back(ProviderSwitched{stage, options_.sessions[at].name, options_.sessions[next].name, std::string(why), session_->service().asked});
  report_passed_over(stage, at + 1);
  return true;
}

ServiceInUse SessionChain::service() const {
  ServiceInUse service = session_->service();
  if (service.name.empty()) service.name = options_.sessions[at_].name;
  return service;
}

bool SessionChain::try_again(Stage asked, std::string_view why) {
  // If a turn is transcribed again, the conversation waits for its reply, although the stage that failed is listening.
  const Stage stage = turn_.hears_again && asked == Stage::Think ? Stage::Listen : asked;
  const bool leaves = std::exchange(leaves_, false);
  if (leaves) failure_ = FailureKind::Loading;
  if (!leaves && attempts_++ < options_.sessions[at_].attempts && session_->try_again(stage, why)) return true;
  if (!next_session(why, stage)) return (leaves || attempts_ > options_.sessions[at_].attempts) && session_->try_again(stage, why);
  attempts_ = 0;
  hand_over_turn();
  hand_over_speech();
  hand_over_reply();
  return true;
}

/// Gives the new session the audio of the present turn, or of a turn without a transcript whose reply is in progress.
void SessionChain::hand_over_turn() {
  turn_.words.clear();  // The new session makes its own transcript.
  turn_.hears_again = thinking_ && turn_.taken && input_.kind == TurnInput::Kind::Speech;
  if (!turn_.listening && !turn_.hears_again) return;
  const std::vector<std::int16_t> pcm = turn_.heard.take_over(session_->listen_rate_hz());
  session_->begin_turn(turn_.number, turn_.expect);
  session_->feed(pcm);
  if (turn_.ended || turn_.hears_again) session_->end_turn();
}

void SessionChain::hand_over_reply() {
  if (thinking_ && !turn_.hears_again) session_->respond(input_);  // input_.said contains the part of the reply that the conversation already has.
}

/// Gives the new session the rest of each open utterance, from the word at which the last session stopped.
void SessionChain::hand_over_speech() {
  for (Utterance& utterance : std::exchange(open_, {})) {
    const std::uint32_t id = utterance.spoken.id();
    const std::string& rest = utterance.spoken.go_on();
    if (rest.empty()) {  // All was spoken, or it was the failed session's own voice: the utterance ends here.
      own_.push_back(SpeechDone{id});
    } else {
      session_->speak(id, rest);
      open_.push_back(std::move(utterance));
    }
  }
}

// --- events of the session ---------------------------------------------------------------------------------------------------

/// Handles an event while a turn is transcribed again. When the words come, it requests the reply, for which the conversation waits.
/// Returns true if the event goes to the conversation.
bool SessionChain::passes_again(const SessionEvent& event) {
  if (std::holds_alternative<TurnTaken>(event)) {
    turn_.hears_again = false;
    session_->respond(input_);
    return false;
  }
  if (const auto* transcript = std::get_if<Transcript>(&event); transcript != nullptr && transcript->final) {
    turn_.hears_again = turn_.taken = false;
    input_.text = transcript->text;
    input_.rejected = transcript->rejected;
    history_.set_caller_text(input_.turn, transcript->text);
    session_->respond(input_);
  } else if (const auto* failed = std::get_if<ListenFailed>(&event)) {
    failure_ = failed->kind;
    own_.push_back(ThinkFailed{input_.turn, failed->why, failed->kind});
    return false;
  }
  return true;  // The transcript goes to the record.
}

std::deque<SessionChain::Utterance>::iterator SessionChain::find_open(std::uint32_t id) {
  return std::find_if(open_.begin(), open_.end(), [id](const Utterance& each) { return each.spoken.id() == id; });
}

void SessionChain::on_audio(SpeechAudio& audio) {
  const auto open = find_open(audio.utterance);
  if (open == open_.end()) return;
  if (!open->voiced) return open->spoken.hear(audio);
  for (const SpokenWord& word : audio.words) input_.said += input_.said.empty() ? word.text : " " + word.text;
}

/// Ends an utterance. If it has words that were not returned yet, replaces `done` by these words, and queues `done` after them.
void SessionChain::on_spoken(SessionEvent& done) {
  const auto open = find_open(std::get<SpeechDone>(done).utterance);
  if (open == open_.end()) return;
  auto last = open->spoken.last_words();
  open_.erase(open);
  if (!last) return;
  own_.push_back(std::move(done));
  done = std::move(*last);
}

bool SessionChain::passes(SessionEvent& event) {
  auto* const used = std::get_if<TokensUsed>(&event);
  auto* const retried = std::get_if<ServiceRetried>(&event);
  if (used != nullptr || retried != nullptr) {
    std::string& service = used != nullptr ? used->service : retried->service;
    if (service.empty()) service = options_.sessions[at_].name;
    return true;
  }
  if (turn_.hears_again) return passes_again(event);
  if (const auto* taken = std::get_if<TurnTaken>(&event)) {
    turn_.words_count = taken->turn == turn_.number && !turn_.words.empty();
    turn_.taken = taken->turn == turn_.number && !turn_.words_count;
  } else if (const auto* transcript = std::get_if<Transcript>(&event)) {
    if (!transcript->final && transcript->turn == turn_.number) turn_.words = transcript->text;
    const bool of_half = transcript->final && turn_.heard.on_words(transcript->turn);
    if (!of_half && !turn_.taken && transcript->final && transcript->turn == turn_.number) turn_.listening = false;
    if (turn_.taken && transcript->final && transcript->turn == turn_.number) {
      history_.set_caller_text(input_.turn, transcript->text);
      input_.text = transcript->text;
    }
  } else if (const auto* text = std::get_if<ReplyText>(&event)) {
    said_something_ = true;
    if (!text->voiced) input_.said += input_.said.empty() ? text->text : " " + text->text;
  } else if (auto* audio = std::get_if<SpeechAudio>(&event)) {
    on_audio(*audio);
  } else if (const auto* call = std::get_if<ToolCall>(&event)) {
    history_.add({HistoryEntry::Kind::ToolCall, call->turn, call->arguments, call->name, call->call_id, false});
  } else if (std::holds_alternative<SpeechDone>(event)) {
    on_spoken(event);
  } else if (auto* loads = std::get_if<ModelLoads>(&event)) {
    leaves_ = breakers_->has_another(std::span<const SessionMaker>(options_.sessions), at_, now_);
    if (leaves_) event = ThinkFailed{loads->turn, std::move(loads->why), FailureKind::Loading};
  } else if (const auto* unanswered = std::get_if<ThinkFailed>(&event)) {
    failure_ = unanswered->kind;
    if (failure_ == FailureKind::Filtered) {
      thinking_ = false;
      history_.mask(unanswered->turn, kRefused);  // In each later turn, the filter would refuse this text again.
    }
  } else if (const auto* unheard = std::get_if<ListenFailed>(&event)) {
    failure_ = unheard->kind;
  } else if (std::holds_alternative<ReplyDone>(event)) {
    thinking_ = false;
    if (said_something_) breakers_->on_success(options_.sessions[at_].name);
  }
  return true;
}

std::optional<SessionEvent> SessionChain::poll() {
  if (!own_.empty()) {
    SessionEvent event = std::move(own_.front());
    own_.pop_front();
    return event;
  }
  // Audio must come in the order of speak(), so the recorded greeting waits for the utterances that were requested before it, such as
  // the recording notice.
  if (options_.recorded_greeting && open_.empty()) {
    if (auto event = options_.recorded_greeting->poll(now_)) {
      return std::visit([](auto& e) { return SessionEvent(std::move(e)); }, *event);
    }
  }
  while (auto event = session_->poll()) {
    if (passes(*event)) return event;
    if (!own_.empty()) return poll();
  }
  return std::nullopt;
}

}  // namespace offhook::inline v0::agent
