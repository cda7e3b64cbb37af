#include <offhook/agent/providers/deepgram/agent_protocol.hpp>

#include <offhook/agent/support/utf8.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace offhook::inline v0::agent::deepgram {

using base::TimePoint;

namespace {

using Kind = AgentMessage::Kind;

constexpr std::string_view kWhom = "the voice agent";

/// Returns the failure for a server's error, each of which ends the session. An error in Offhook's own messages would come again, so
/// its failure allows no retry.
RequestFailure failure_of_error(const std::string& code) {
  constexpr std::array<std::string_view, 5> kOurs{"INVALID_SETTINGS", "UNPARSABLE_CLIENT_MESSAGE", "NON_SETTINGS_MESSAGE_BEFORE_SETTINGS",
                                                  "SETTINGS_ALREADY_APPLIED", "USER_AUDIO_FORMAT"};
  RequestFailure failure{FailureKind::Overloaded, std::string(kWhom) + " says: " + (code.empty() ? "error" : code), kNetworkRetry};
  const auto has = [&code](std::string_view word) { return code.find(word) != std::string::npos; };
  if (std::find(kOurs.begin(), kOurs.end(), code) != kOurs.end()) {
    failure.kind = FailureKind::Protocol;
    failure.retry_in.reset();
  } else if (has("AUTH") || has("PERMISSION") || has("PAYMENT")) {
    failure.kind = FailureKind::Auth;
    failure.retry_in.reset();
  } else if (has("TIMEOUT")) {
    failure.kind = FailureKind::Timeout;
  }
  return failure;
}

bool listens_by_flux(const AgentSettings& settings, const AgentBriefing& briefing) { return is_flux(listen_choice(settings, briefing.language).model); }

base::Duration force_after(const AgentSettings& settings, const AgentBriefing& briefing) {
  const bool ends_turns = settings.own_end && listens_by_flux(settings, briefing);
  return ends_turns ? settings.own_end->bounded().timeout + kOwnEndWait : base::Duration::zero();
}

}  // namespace

AgentProtocol::AgentProtocol(AgentSettings settings, AgentBriefing briefing)
    : settings_(std::move(settings)),
      briefing_(std::move(briefing)),
      caller_(wire_, events_, counters_, settings_.format, listens_by_flux(settings_, briefing_), force_after(settings_, briefing_)),
      replies_(wire_, events_, counters_, settings_.format) {}

// --- the socket --------------------------------------------------------------------------------------------------------------

void AgentProtocol::start(TimePoint now) {
  assert(state_ == State::Idle);
  connect(now);
}

void AgentProtocol::connect(TimePoint now) {
  state_ = State::AwaitingWelcome;
  deadline_ = now + kOpenWithin;
  reopen_at_.reset();
  garbage_in_a_row_ = 0;
  wire_.out.push_back({SocketOut::What::Connect, {}});
}

void AgentProtocol::lose(const RequestFailure& failure, TimePoint now) {
  if (state_ == State::Ready) {
    counters_.connected += now - ready_at_;
    if (now - ready_at_ >= kSettled) attempts_ = 0;
  }
  wire_.ready = false;
  deadline_.reset();
  keep_alive_at_.reset();
  lost_ = failure;
  const bool again = failure.retry_in && attempts_ < kMaxReconnects;
  state_ = again ? State::BackingOff : State::GivenUp;
  caller_.on_lost();
  replies_.on_lost(failure);
  fatal_ = !again && (failure.kind == FailureKind::Auth || failure.kind == FailureKind::Protocol);
  wire_.retries.add(failure.why, again ? kConnectsAgain : fatal_ ? kConnectsNoMore : kConnectsLater);
  if (!again) return give_up();
  ++attempts_;
  ++counters_.reconnects;
  reopen_at_ = now + std::max<base::Duration>(kBackOff, *failure.retry_in);
}

void AgentProtocol::give_up() {
  caller_.on_given_up(lost_);
  replies_.on_given_up(lost_);
}

void AgentProtocol::want(TimePoint now) {
  if (state_ != State::GivenUp) return;
  if (fatal_) return give_up();
  ++counters_.reconnects;
  wire_.retries.add(lost_.why, kConnectsAgain);
  connect(now);
}

void AgentProtocol::on_closed(const RequestFailure& failure, TimePoint now) {
  const bool is_used = state_ == State::AwaitingWelcome || state_ == State::Configuring || state_ == State::Ready;
  if (is_used) lose(failure, now);
  after(now);
}

void AgentProtocol::on_applied(TimePoint now) {
  state_ = State::Ready;
  deadline_.reset();
  ready_at_ = now;
  keep_alive_at_ = now + kKeepAliveEvery;
  prompt_octets_ = std::min(briefing_.prompt.size(), kMaxPrompt);
  wire_.ready = true;
  caller_.adopt(now);
  replies_.adopt(now);
}

// --- frames ------------------------------------------------------------------------------------------------------------------

void AgentProtocol::on_text(std::string_view frame, TimePoint now) {
  ++counters_.frames;
  if (const auto message = reader_.read(frame)) {
    garbage_in_a_row_ = 0;
    on_message(*message, now);
  } else {
    ++counters_.garbage;
    const bool is_used = state_ == State::AwaitingWelcome || state_ == State::Configuring || state_ == State::Ready;
    if (++garbage_in_a_row_ >= kMaxGarbageInARow && is_used)
      lose({FailureKind::Protocol, std::string(kWhom) + " sent a message that cannot be read", std::nullopt}, now);
  }
  after(now);
}

void AgentProtocol::on_audio(std::string_view octets, TimePoint now) {
  if (wire_.ready) replies_.on_audio(octets, now);
  after(now);
}

void AgentProtocol::on_message(const AgentMessage& message, TimePoint now) {
  switch (state_) {
    case State::Idle:
    case State::BackingOff:
    case State::GivenUp: return;  // Late messages of an abandoned socket are ignored.
    case State::AwaitingWelcome:
      if (message.kind == Kind::Error) return on_error(message.code, now);
      if (message.kind != Kind::Welcome) return;
      state_ = State::Configuring;
      deadline_ = now + kConfigureWithin;
      wire_.out.push_back({SocketOut::What::Text, write_settings(settings_, briefing_, replies_.is_open() ? replies_.turn() : 0)});
      return;
    case State::Configuring:
      if (message.kind == Kind::Error) return on_error(message.code, now);
      if (message.kind == Kind::SettingsApplied) on_applied(now);
      return;
    case State::Ready: return on_ready_message(message, now);
  }
}

void AgentProtocol::on_ready_message(const AgentMessage& message, TimePoint now) {
  counters_.calls_dropped += message.functions_dropped;
  switch (message.kind) {
    case Kind::UserText: return on_user_text(message.text, now);
    case Kind::AgentText: return replies_.on_agent_text(message.text, now);
    case Kind::UserStartedSpeaking: caller_.on_user_started(); return replies_.on_user_started(now);
    case Kind::FunctionCallRequest: return replies_.on_functions(message.functions, now);
    case Kind::FunctionCallCancelled: return replies_.on_functions_cancelled(message.functions);
    case Kind::AgentAudioDone: return replies_.on_audio_done(now);
    case Kind::Error: return on_error(message.code, now);
    case Kind::Warning:
      ++counters_.warnings;
      if (message.code == "FORCE_END_TURN_UNSUPPORTED") caller_.on_force_refused();
      return;
    case Kind::Welcome:
    case Kind::SettingsApplied:
    case Kind::AgentThinking:
    case Kind::AgentStartedSpeaking:
    case Kind::InjectionRefused:
    case Kind::Passed: return;
  }
}

void AgentProtocol::on_error(const std::string& code, TimePoint now) { lose(failure_of_error(code), now); }

void AgentProtocol::on_user_text(std::string_view text, TimePoint now) {
  if (text.empty() || replies_.take_echo(text)) return;
  switch (caller_.on_user_text(text)) {
    case AgentCaller::Words::Taken:
      taken_turn_ = caller_.turn();
      taken_words_ = text;
      return replies_.on_turn_taken(now);
    case AgentCaller::Words::More: return replies_.on_more_words();
    case AgentCaller::Words::Earlier:
    case AgentCaller::Words::Unasked: return replies_.on_foreign_turn();
  }
}

// --- commands ----------------------------------------------------------------------------------------------------------------

void AgentProtocol::begin_turn(std::uint32_t turn, TimePoint now) {
  taken_turn_ = 0;
  caller_.begin(turn, heard_out_ != 0);
  after(now);
}

void AgentProtocol::append(std::span<const std::uint8_t> octets, TimePoint now) {
  caller_.add(octets);
  after(now);
}

void AgentProtocol::end_turn(TimePoint now) {
  caller_.end(now);
  if (caller_.waits()) want(now);
  after(now);
}

void AgentProtocol::abandon_turn(TimePoint now) {
  caller_.abandon();
  after(now);
}

void AgentProtocol::respond(const TurnInput& input, TimePoint now) {
  const bool as_sound = input.kind == TurnInput::Kind::Speech && taken_turn_ != 0;
  taken_turn_ = 0;
  heard_out_ = input.turn;
  replies_.respond(input, as_sound ? taken_words_ : std::string_view{}, now);
  if (replies_.waits()) want(now);
  after(now);
}

void AgentProtocol::on_tool(const ToolOutcome& outcome, TimePoint now) {
  note(replies_.on_tool(outcome, now));
  if (replies_.waits()) want(now);
  after(now);
}

void AgentProtocol::cancel(std::uint32_t turn, TimePoint now) {
  replies_.cancel(turn, now);
  if (heard_out_ == turn) heard_out_ = 0;
  caller_.release();
  after(now);
}

void AgentProtocol::on_heard(const HeardReply& heard, bool voiced, TimePoint now) {
  if (heard_out_ == heard.turn) heard_out_ = 0;
  const std::string words = '"' + std::string(cut_utf8(heard.text, kMaxNote)) + '"';
  if (!voiced && !heard.text.empty()) note("[These words were said to the caller in your name: " + words + "]");
  if (voiced && heard.interrupted)
    note(heard.text.empty() ? "[The caller interrupted you, and heard nothing of your last reply.]"
                            : "[The caller interrupted you. Of your last reply they heard these words, and no more: " + words + "]");
  after(now);
}

/// Adds `text` to the prompt on the present socket, if the prompt has space. A later socket gets the same information from the
/// history.
void AgentProtocol::note(std::string text) {
  if (text.empty() || !wire_.ready) return;
  text = cut_utf8(text, kMaxNote + 100);
  if (prompt_octets_ + text.size() > kMaxPrompt) {
    ++counters_.notes_dropped;
    return;
  }
  prompt_octets_ += text.size();
  wire_.text(write_prompt(text));
}

bool AgentProtocol::try_again(Stage stage, std::string_view said, TimePoint now) {
  if (state_ == State::GivenUp && fatal_) return false;
  using Retry = AgentReplies::Retry;
  const Retry retry = stage != Stage::Listen ? replies_.try_again(said) : caller_.try_again() ? Retry::OnNewSocket : Retry::No;
  if (retry == Retry::OnNewSocket && state_ == State::Ready) {
    attempts_ = 0;  // The socket is not broken, so this does not count as a reconnection.
    lose({FailureKind::Timeout, std::string(kWhom) + " sent nothing for too long", base::Duration::zero()}, now);
  }
  if (retry != Retry::No) want(now);
  replies_.advance(now);
  after(now);
  return retry != Retry::No;
}

// --- time --------------------------------------------------------------------------------------------------------------------

void AgentProtocol::handle_timeout(TimePoint now) {
  if (deadline_ && now >= *deadline_)
    lose({FailureKind::Timeout, std::string(kWhom) + " did not open a session in time", kNetworkRetry}, now);
  if (reopen_at_ && now >= *reopen_at_) connect(now);
  caller_.on_time(now);
  replies_.on_time(now);
  if (replies_.is_stuck(now)) {
    attempts_ = 0;
    lose({FailureKind::Timeout, std::string(kWhom) + " does not stop speaking", base::Duration::zero()}, now);
  }
  if (keep_alive_at_ && now >= *keep_alive_at_ && !wire_.audio_sent) {
    wire_.text(std::string(kKeepAlive));
    keep_alive_at_ = now + kKeepAliveEvery;
  }
  after(now);
}

void AgentProtocol::after(TimePoint now) {
  if (std::exchange(wire_.audio_sent, false) && wire_.ready) keep_alive_at_ = now + kKeepAliveEvery;
  assert(is_consistent());
}

std::optional<TimePoint> AgentProtocol::next_deadline() const {
  std::optional<TimePoint> next;
  for (const auto& at : {deadline_, reopen_at_, keep_alive_at_, caller_.next_deadline(), replies_.next_deadline()}) {
    if (at && (!next || *at < *next)) next = at;
  }
  return next;
}

std::optional<SocketOut> AgentProtocol::poll_out() {
  if (wire_.out.empty()) return std::nullopt;
  SocketOut out = std::move(wire_.out.front());
  wire_.out.pop_front();
  return out;
}

std::optional<AgentCoreEvent> AgentProtocol::poll_event() {
  if (events_.empty()) return std::nullopt;
  AgentCoreEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

AgentCounters AgentProtocol::counters(TimePoint now) const {
  AgentCounters counters = counters_;
  if (state_ == State::Ready) counters.connected += now - ready_at_;
  return counters;
}

bool AgentProtocol::is_consistent() const {
  const bool opening = state_ == State::AwaitingWelcome || state_ == State::Configuring;
  if (opening != deadline_.has_value()) return false;
  if ((state_ == State::BackingOff) != reopen_at_.has_value()) return false;
  if ((state_ == State::Ready) != wire_.ready || wire_.ready != keep_alive_at_.has_value()) return false;
  return attempts_ <= kMaxReconnects && caller_.is_consistent() && replies_.is_consistent();
}

}  // namespace offhook::inline v0::agent::deepgram
