#include <offhook/agent/providers/cascade_session.hpp>

#include <algorithm>
#include <span>
#include <utility>

namespace offhook::inline v0::agent {

namespace {
constexpr base::Duration kClearSpeech = std::chrono::milliseconds(500);
constexpr unsigned kMostUnheard = 2;

/// Returns the three names with '+' between them, or "" if all three are empty.
std::string joined(const std::string& listens, const std::string& thinks, const std::string& speaks) {
  if (listens.empty() && thinks.empty() && speaks.empty()) return {};
  const auto shown = [](const std::string& name) { return name.empty() ? std::string("-") : name; };
  return shown(listens) + "+" + shown(thinks) + "+" + shown(speaks);
}

}  // namespace

CascadeSession::CascadeSession(CascadeParts parts, std::shared_ptr<Breakers> breakers, Wake wake)
    : breakers_(std::move(breakers)), wake_(std::move(wake)) {
  listen_.makers = std::move(parts.listeners);
  think_.makers = std::move(parts.thinkers);
  speak_.makers = std::move(parts.speakers);
}

void CascadeSession::open(const SessionContext& context, base::TimePoint now) {
  context_ = context;
  now_ = now;
  const auto first = [&](auto& post, Stage stage) {
    post.at = next_to_ask(post, 0);
    if (post.at == post.makers.size()) post.at = 0;  // If all are paused, use the first provider.
    take_post(post);
    report_passed_over(post, stage, 0);
  };
  first(listen_, Stage::Listen);
  first(think_, Stage::Think);
  first(speak_, Stage::Speak);
}

template <class Part>
void CascadeSession::take_post(Post<Part>& post) {
  post.part = post.makers[post.at].make(wake_);
  post.part->open(context_);
  post.part->tick(now_);
  post.failure = FailureKind::Timeout;
  post.told = false;
}

template <class Part>
std::size_t CascadeSession::next_to_ask(const Post<Part>& post, std::size_t index) {
  while (index < post.makers.size() && !breakers_->try_ask(post.makers[index].name, now_)) ++index;
  return index;
}

template <class Part>
void CascadeSession::report_passed_over(const Post<Part>& post, Stage stage, std::size_t index) {
  for (; index < post.at; ++index) own_.push_back(ProviderSwitched{stage, post.makers[index].name, post.name(), std::string(kPassedOver), post.part->asked()});
}

template <class Part>
void CascadeSession::report_retries(Post<Part>& post, Stage stage) {
  for (Retry& retry : post.part->take_retries()) own_.push_back(ServiceRetried{stage, post.name(), std::move(retry)});
}

void CascadeSession::tick(base::TimePoint now) {
  now_ = now;
  listen_.part->tick(now);
  think_.part->tick(now);
  speak_.part->tick(now);
  report_retries(listen_, Stage::Listen);
  report_retries(think_, Stage::Think);
  report_retries(speak_, Stage::Speak);
}

ServiceInUse CascadeSession::service() const {
  const ModelAndVoice listens = listen_.part->asked(), thinks = think_.part->asked(), speaks = speak_.part->asked();
  return {joined(listen_.name(), think_.name(), speak_.name()), {joined(listens.model, thinks.model, speaks.model), speaks.voice}};
}

// --- the caller's turn -------------------------------------------------------------------------------------------------------

void CascadeSession::begin_turn(std::uint32_t turn, std::string_view expect) {
  const bool goes_on = listening_ && ended_;
  listen_turn_ = turn;
  expect_ = expect;
  listening_ = true;
  ended_ = listen_.retried = false;
  went_on_ = goes_on && listen_.ends_turns();
  if (went_on_) return listen_.part->begin(turn, expect);
  if (goes_on) return heard_.go_on(turn);  // begin() would make the listener drop the turn whose transcript has not come yet.
  heard_.begin(turn, listen_.part->rate_hz());
  listen_.part->begin(turn, expect);
}

void CascadeSession::feed(std::span<const std::int16_t> pcm) {
  if (!listening_ || ended_) return;
  heard_.append(pcm);
  if (!heard_.waits()) listen_.part->feed(pcm);
}

void CascadeSession::end_turn() {
  if (!listening_) return;
  ended_ = true;
  if (!heard_.waits()) listen_.part->end();
}

void CascadeSession::abandon_turn() {
  listening_ = false;
  heard_.clear();
  listen_.part->abandon();
}

/// Sends the turn's audio so far to the present listener.
void CascadeSession::listen_again() {
  const std::vector<std::int16_t> pcm = heard_.take_over(listen_.part->rate_hz());
  listen_.part->begin(listen_turn_, expect_);
  listen_.part->feed(pcm);
  if (ended_) listen_.part->end();
}

// --- the reply ---------------------------------------------------------------------------------------------------------------

void CascadeSession::respond(const TurnInput& input) {
  input_ = input;
  thinking_ = true;
  think_.retried = false;
  think_.part->respond(input);
}

void CascadeSession::cancel(std::uint32_t turn) {
  thinking_ = false;
  think_.part->cancel(turn);
}

void CascadeSession::think_again() { think_.part->respond(input_); }

// --- the voice ---------------------------------------------------------------------------------------------------------------

void CascadeSession::speak(std::uint32_t utterance, std::string_view text) {
  if (open_.empty()) speak_.retried = false;
  open_.emplace_back(utterance, std::string(text));
  speak_.part->speak(utterance, text);
}

void CascadeSession::cancel_speech() {
  open_.clear();
  speak_.part->cancel();
}

/// Gives the new speaker the rest of each open utterance, from the word at which the last speaker stopped.
void CascadeSession::speak_again() {
  for (HalfSpoken& utterance : open_) speak_.part->speak(utterance.id(), utterance.go_on());
}

// --- failures ----------------------------------------------------------------------------------------------------------------

template <class Part>
void CascadeSession::failed(Post<Part>& post, FailureKind kind) {
  post.failure = kind;
  post.told = true;
  breakers_->on_failure(post.name(), kind, now_);
}

template <class Part>
void CascadeSession::succeeded(Post<Part>& post) {
  post.told = false;
  post.failure = FailureKind::Timeout;
  breakers_->on_success(post.name());
}

/// Replaces the part by the next provider of the list. If there is none, it uses the same provider once more, if that may help. Returns
/// false if neither is possible.
template <class Part>
bool CascadeSession::replace(Post<Part>& post, Stage stage, std::string_view why) {
  if (!post.told) failed(post, FailureKind::Timeout);
  report_retries(post, stage);
  const std::size_t at = post.at, next = next_to_ask(post, at + 1);
  const std::string& from = post.name();
  if (next < post.makers.size()) {
    post.at = next;
    take_post(post);
    own_.push_back(ProviderSwitched{stage, from, post.name(), std::string(why), post.part->asked()});
    report_passed_over(post, stage, at + 1);
    return true;
  }
  const bool hopeless = post.failure == FailureKind::Local || post.failure == FailureKind::Auth || post.failure == FailureKind::RateLimited;
  if (hopeless || std::exchange(post.retried, true)) return false;
  take_post(post);
  own_.push_back(ServiceRetried{stage, from, {std::string(why), kAsksAgain}});
  return true;
}

bool CascadeSession::try_again(Stage stage, std::string_view why) {
  switch (stage) {
    case Stage::Listen:
      if (!listening_ || !replace(listen_, stage, why)) return false;
      unheard_ = 0;
      listen_again();
      return true;
    case Stage::Think:
      if (!replace(think_, stage, why)) return false;
      think_again();
      return true;
    case Stage::Speak:
      if (open_.empty() || !replace(speak_, stage, why)) return false;
      speak_again();
      return true;
  }
  return false;
}

// --- events of the parts -----------------------------------------------------------------------------------------------------

/// Returns true if another provider of the stage can be used now.
template <class Part>
bool CascadeSession::has_another(const Post<Part>& post) const {
  return breakers_->has_another(std::span<const PartMaker<Part>>(post.makers), post.at, now_);
}

/// Returns true if two turns in a row had speech but no text, and another listener is available: the present listener then counts as
/// failed. Without this check, a recogniser that returns empty text for every turn would never fail. A turn counts only with at least
/// 500 ms of speech, so that a cough does not count. The circuit breaker learns of the failure only when another listener understands
/// the same caller, because the cause may also be noise on the line.
bool CascadeSession::is_deaf(const Transcript& transcript) {
  const bool unheard = transcript.turn == listen_turn_ && transcript.text.empty() && heard_.has_voice(kClearSpeech);
  if (!unheard) {
    unheard_ = 0;
    succeeded(listen_);
    if (!transcript.text.empty()) {
      for (const std::string& each : std::exchange(doubted_, {})) {
        if (each != listen_.name()) breakers_->on_failure(each, FailureKind::Empty, now_);  // The present listener understands the caller now.
      }
    }
    return false;
  }
  if (++unheard_ < kMostUnheard || !has_another(listen_)) return false;
  doubted_.insert(listen_.name());
  listen_.failure = FailureKind::Empty;
  return listen_.told = true;
}

std::optional<SessionEvent> CascadeSession::note(const ListenEvent& event) {
  if (const auto* gone = std::get_if<ListenFailed>(&event)) {
    failed(listen_, gone->kind);
    ListenFailed told = *gone;
    if (heard_.waits()) told.turn = listen_turn_;  // The failed turn of the listener is the first half of the conversation's turn.
    return told;
  }
  const auto& transcript = std::get<Transcript>(event);
  if (transcript.final) {
    if (heard_.on_words(transcript.turn)) {
      listen_again();
      return transcript;
    }
    if (is_deaf(transcript)) return ListenFailed{transcript.turn, "no words of two turns in a row were understood", FailureKind::Empty};
    if (transcript.turn == listen_turn_) {
      listening_ = false;
      heard_.clear();
      if (!transcript.text.empty() && (!ended_ || went_on_)) return take_early(transcript);
    }
  }
  return transcript;
}

/// Handles a final transcript that comes before the conversation has ended its turn, or after several turns of the conversation became
/// one turn of the listener. The conversation first gets the text, not marked final, so that the thinker has it. Then it gets TurnTaken,
/// and then the final transcript for the record.
SessionEvent CascadeSession::take_early(const Transcript& transcript) {
  own_.push_back(TurnTaken{transcript.turn});
  own_.push_back(transcript);
  Transcript so_far = transcript;
  so_far.final = false;
  return so_far;
}

std::optional<SessionEvent> CascadeSession::note(const ThinkEvent& event) {
  if (const auto* loads = std::get_if<ModelLoads>(&event)) {
    if (has_another(think_)) {
      failed(think_, FailureKind::Loading);
      return ThinkFailed{loads->turn, loads->why, FailureKind::Loading};
    }
    breakers_->on_failure(think_.name(), FailureKind::Loading, now_);  // Later calls start with another provider. This call has no other, and waits.
    ModelLoads named = *loads;
    named.service = think_.name();
    return named;
  }
  if (const auto* gone = std::get_if<ThinkFailed>(&event); gone != nullptr && gone->kind != FailureKind::Filtered) failed(think_, gone->kind);
  if (const auto* used = std::get_if<TokensUsed>(&event)) {
    TokensUsed named = *used;
    named.service = think_.name();
    return named;
  }
  if (const auto* text = std::get_if<ReplyText>(&event)) {
    if (!input_.said.empty()) input_.said += ' ';
    input_.said += text->text;
  }
  if (std::holds_alternative<ReplyDone>(event)) {
    thinking_ = false;
    if (input_.said.empty()) {
      think_.failure = FailureKind::Empty;
      think_.told = true;  // Report no failure: a reply may consist of an action only, so the conversation judges an empty reply.
    } else {
      succeeded(think_);
    }
  }
  return std::visit([](const auto& e) -> SessionEvent { return e; }, event);
}

std::optional<SessionEvent> CascadeSession::note(SpeakEvent event) {
  if (const auto* gone = std::get_if<SpeakFailed>(&event)) {
    failed(speak_, gone->kind);
    return *gone;
  }
  auto* const audio = std::get_if<SpeechAudio>(&event);
  const auto id = audio != nullptr ? audio->utterance : std::get<SpeechDone>(event).utterance;
  const auto open = std::find_if(open_.begin(), open_.end(), [id](const HalfSpoken& each) { return each.id() == id; });
  if (audio != nullptr) {
    if (audio->rate_hz == 0) audio->rate_hz = speak_.part->rate_hz();
    if (open != open_.end()) open->hear(*audio);
    return std::move(*audio);
  }
  succeeded(speak_);
  if (open == open_.end()) return SpeechDone{id};
  auto last = open->last_words();
  open_.erase(open);
  if (!last) return SpeechDone{id};
  own_.push_back(SpeechDone{id});
  return std::move(*last);
}

std::optional<SessionEvent> CascadeSession::poll() {
  if (!own_.empty()) {
    SessionEvent event = std::move(own_.front());
    own_.pop_front();
    return event;
  }
  if (auto event = listen_.part->poll()) return note(*event);
  if (auto event = think_.part->poll()) return note(*event);
  if (auto event = speak_.part->poll()) return note(std::move(*event));
  return std::nullopt;
}

}  // namespace offhook::inline v0::agent
