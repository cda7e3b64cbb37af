#include <offhook/agent/tools/call_tool_box.hpp>

#include <offhook/agent/support/utf8.hpp>
#include <offhook/agent/tools/builtin_tools.hpp>
#include <offhook/agent/tools/canonical_json.hpp>
#include <offhook/agent/tools/granted_arguments.hpp>
#include <offhook/agent/tools/tool_text.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::tools {

using base::TimePoint;
using What = ToolEvent::What;

namespace {

constexpr std::size_t kMaxNameBytes = 64;

bool is_name(std::string_view name) {
  const auto fits = [](char c) { return base::is_alpha(c) || base::is_digit(c) || c == '_' || c == '-'; };
  return !name.empty() && name.size() <= kMaxNameBytes && std::all_of(name.begin(), name.end(), fits);
}

/// Returns the arguments in canonical JSON; invalid JSON stays as it is.
std::string in_one_spelling(std::string_view arguments) {
  json::Parser parser;
  const auto root = json::parse(parser, arguments);
  std::string spelled;
  return root && append_canonical(spelled, *root) ? spelled : std::string(arguments);
}

}  // namespace

std::string_view to_string(ToolEvent::What what) {
  switch (what) {
    case What::Allowed:
      return "allowed";
    case What::Asked:
      return "asked";
    case What::Refused:
      return "refused";
    case What::Confirmed:
      return "confirmed";
    case What::Declined:
      return "declined";
    case What::Done:
      return "done";
    case What::Failed:
      return "failed";
    case What::TimedOut:
      return "timed_out";
    case What::Dropped:
      return "dropped";
    case What::Joined:
      return "joined";
  }
  return "?";
}

CallToolBox::CallToolBox(ToolBoxOptions options, std::vector<std::unique_ptr<ToolSource>> sources, Watch watch, TimePoint now)
    : options_(std::move(options)), policy_(options_.rules), sources_(std::move(sources)), watch_(std::move(watch)), now_(now) {
  descriptions_ = describe_built_in(policy_.rules());
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    for (const ToolDescription& described : sources_[i]->descriptions()) offer(described, i);
  }
}

CallToolBox::~CallToolBox() {
  abandon();
}

/// Offers the tool `described` of a source to the model, if a rule names the tool and no other tool has its name. A source may describe any tools.
void CallToolBox::offer(const ToolDescription& described, std::size_t source) {
  const ToolRule* rule = find_rule(policy_.rules(), described.name);
  if (rule == nullptr || descriptions_.size() >= kMaxTools) return;
  ToolCall about;
  about.name = described.name;
  if (!is_name(described.name)) return emit(What::Dropped, about, "its source gives it a name that models do not accept");
  if (built_in(described.name) || offered_.contains(described.name)) {
    return emit(What::Dropped, about, "its source gives it the name of another tool");
  }
  auto held = hold_schemas(described.parameters, rule->arguments);
  if (!held) return emit(What::Dropped, about, held.error());
  ToolDescription shown{described.name, std::string(cut_utf8(described.description, kMaxDescriptionBytes)), std::move(held->shown), rule->what};
  offered_.emplace(described.name, Offered{source, std::move(held->of_tool), std::move(held->granted)});
  descriptions_.push_back(std::move(shown));
}

void CallToolBox::emit(What what, const ToolCall& call, std::string detail) const {
  if (!watch_) return;
  const ToolRule* rule = find_rule(policy_.rules(), call.name);
  watch_({what, call.turn, shown_name(call.name), std::move(detail), rule != nullptr ? std::optional(rule->what) : std::nullopt});
}

void CallToolBox::refuse(const ToolCall& call, Refusal why, std::string_view to_model, std::string log) {
  if (log.empty()) log = shown_name(call.name) + " is refused: " + std::string(to_string(why));
  if (why != Refusal::TooOften || !std::exchange(told_too_often_, true)) emit(What::Refused, call, std::move(log));
  outcomes_.push_back({call.turn, call.call_id, refused_text(to_model), std::nullopt, true});
}

bool CallToolBox::is_repeated(const std::string& call_id) {
  if (call_id.empty()) return false;
  if (std::find(seen_.begin(), seen_.end(), call_id) != seen_.end()) return true;
  if (seen_.size() == kMaxRememberedCalls) seen_.pop_front();
  seen_.push_back(call_id);
  return false;
}

void CallToolBox::run(const ToolCall& call) {
  if (call.call_id.size() > kMaxCallIdBytes) return refuse(call, Refusal::BadArguments, "The id of this call is too long.", {});
  // In a later turn than the hang-up, the caller has interrupted the farewell: the telephone call goes on, and the tool may run.
  if (over_ || (hung_up_in_ && call.turn <= *hung_up_in_)) return refuse(call, Refusal::CallOver, "The call is over.", {});
  if (is_repeated(call.call_id)) return refuse(call, Refusal::Repeated, "This call was made already.", {});
  if (joins_running(call)) return;
  const auto at = offered_.find(call.name);
  const bool exists = at != offered_.end() || built_in(call.name);
  ToolSchemas schemas;
  if (at != offered_.end()) schemas = {&at->second.schema, at->second.granted ? &*at->second.granted : nullptr};
  ToolDecision decision = policy_.decide(call, now_, schemas);
  if (decision.kind != ToolDecision::Kind::Refuse && !exists) {
    return refuse(call, Refusal::NotAllowed, "This tool is not available in this call.", {});  // A rule allows the tool, but no source has it.
  }
  switch (decision.kind) {
    case ToolDecision::Kind::Refuse:
      return refuse(call, decision.why, decision.to_model, std::move(decision.to_log));
    case ToolDecision::Kind::AskCaller:
      return wait_for_caller(call, std::move(decision));
    case ToolDecision::Kind::Allow:
      break;
  }
  if (!decision.beyond_attempts) emit(What::Allowed, call, std::move(decision.to_log));
  execute(call, decision.request, decision.beyond_attempts);
}

// --- tool calls that need the caller's agreement -----------------------------------------------------------------------------

void CallToolBox::wait_for_caller(const ToolCall& call, ToolDecision decision) {
  if (waiting_.size() >= kMaxWaiting || questions_ >= kMaxQuestionsPerCall) {
    if (pauses(decision.request)) return execute(call, decision.request, true);  // Pause without asking: that does less harm than a card number in the file.
    policy_.give_back(call.name);
    return refuse(call, Refusal::TooMany, "The caller has been asked enough. Go on without this tool.", {});
  }
  ++questions_;
  waiting_.push_back({call, std::move(decision.request), std::move(decision.to_log)});
  if (!question_) ask_next();
}

void CallToolBox::ask_next() {
  question_.reset();
  question_began_ = false;
  if (waiting_.empty()) return;
  const Waiting& next = waiting_.front();
  const std::string language = options_.languages.empty() ? std::string("en") : options_.languages.front();
  question_.emplace(question_for(*find_rule(policy_.rules(), next.call.name), next.request, language), options_.languages, now_);
}

void CallToolBox::settle_question() {
  while (question_ && question_->state() == Confirmation::State::Decided) {
    const auto decision = question_->decision();
    const Waiting settled = std::move(waiting_.front());
    waiting_.pop_front();
    question_.reset();
    if (decision == Confirmation::Decision::Confirmed) {
      emit(What::Confirmed, settled.call, std::string(to_string(decision)));
      execute(settled.call, settled.request);
    } else {
      decline(settled, decision);
    }
    if (!question_) ask_next();
  }
}

void CallToolBox::decline(const Waiting& waiting, Confirmation::Decision decision) {
  const std::string how(to_string(decision));
  if (decision == Confirmation::Decision::NeverAsked && !std::exchange(question_began_, false)) {
    policy_.give_back(waiting.call.name);  // The caller may still want this tool.
    --questions_;
  }
  emit(What::Declined, waiting.call, how);
  refuse(waiting.call, Refusal::NotConfirmed, "Nothing was done: " + how + ". Do not ask for this again unless the caller wants it.", {});
}

void CallToolBox::drop_questions(std::uint32_t turn) {
  if (waiting_.empty() || waiting_.front().call.turn > turn) return;
  question_.reset();
  while (!waiting_.empty() && waiting_.front().call.turn <= turn) {
    decline(waiting_.front(), Confirmation::Decision::NeverAsked);
    waiting_.pop_front();
  }
  ask_next();
}

std::optional<std::string> CallToolBox::poll_question() {
  return question_ ? question_->take_question(now_) : std::nullopt;
}
bool CallToolBox::awaits_answer() const {
  return question_ && question_->awaits_answer();
}

void CallToolBox::on_question_began() {
  if (!question_) return;
  if (!std::exchange(question_began_, true)) emit(What::Asked, waiting_.front().call, waiting_.front().log);
  question_->on_question_began(now_);
}

void CallToolBox::on_question_spoilt() {
  if (question_) question_->on_question_spoilt(now_);
  settle_question();
}

void CallToolBox::on_question_heard() {
  if (question_) question_->on_question_heard(now_);
}

void CallToolBox::on_caller_digit(char digit) {
  if (question_) question_->on_digit(digit, now_);
  settle_question();
}

void CallToolBox::on_caller_words(const Transcript& transcript, TimePoint began) {
  if (question_ && transcript.final) question_->on_words(transcript.text, transcript.rejected, began, now_);
  settle_question();
}

// --- execution ---------------------------------------------------------------------------------------------------------------

/// Carries out a request. `quiet` suppresses the log line of an order to pause that changes nothing.
void CallToolBox::execute(const ToolCall& call, const ToolRequest& request, bool quiet) {
  if (std::holds_alternative<SourceRequest>(request)) return start_at_source(call);
  if (const auto* pause = std::get_if<PauseRecordingRequest>(&request)) return pause_recording(call, pause->paused, quiet);
  outcomes_.push_back(outcome_of(call, request));
  emit(What::Done, call, "the conversation carries out the request");
  if (!std::holds_alternative<HangUpRequest>(request)) return;
  hung_up_in_ = call.turn;
  question_.reset();
  for (const Waiting& left : std::exchange(waiting_, {})) refuse(left.call, Refusal::CallOver, "The call is ending.", {});
}

/// Pauses or resumes the recording at once, and does not wait for the pending speech: the caller may interrupt that speech and say a card number.
void CallToolBox::pause_recording(const ToolCall& call, bool paused, bool quiet) {
  PauseResult result{.state = RecordingState::Stopped};
  if (options_.pause_recording) result = options_.pause_recording(paused);
  outcomes_.push_back(pause_outcome(call, paused, result));
  if (quiet && !result.changed) return;
  if (result.is_over()) return emit(What::Done, call, "the recording has ended");
  emit(What::Done, call, paused ? "paused" : result.by_operator ? "an operator keeps it paused" : "it continues");
}

void CallToolBox::start_at_source(const ToolCall& call) {
  if (running_.size() >= kMaxRunning)
    return refuse(call, Refusal::TooMany, "Too many tools are at work. Wait for their answers.", {});
  const Offered& offered = offered_.find(call.name)->second;
  const std::size_t source = offered.source;
  const std::uint64_t number = ++last_number_;
  running_.emplace(number, Running{{call}, in_one_spelling(call.arguments), source, now_ + options_.source_deadline});
  const bool as_written = !offered.granted && !call.arguments.empty();
  sources_[source]->start({number, call.name, as_written ? call.arguments : as_judged(call.arguments)});
}

/// If the same tool with the same arguments is already running, adds `call` to it and returns true: the tool then runs once, and both tool calls get
/// its result. A model whose reply was interrupted often repeats a running tool call.
bool CallToolBox::joins_running(const ToolCall& call) {
  if (running_.empty()) return false;
  const std::string arguments = in_one_spelling(call.arguments);
  const auto is_same = [&](const auto& each) { return each.second.calls.front().name == call.name && each.second.arguments == arguments; };
  const auto at = std::find_if(running_.begin(), running_.end(), is_same);
  if (at == running_.end() || at->second.calls.size() >= kMaxSame || at->second.calls.back().turn == call.turn) return false;
  emit(What::Joined, call, "the same tool call is already running");
  at->second.calls.push_back(call);
  return true;
}

void CallToolBox::finish(const Running& running, const std::string& result) {
  for (const ToolCall& call : running.calls) {
    const bool repeated = &call != &running.calls.back();
    outcomes_.push_back({call.turn, call.call_id, result, std::nullopt, false, repeated});
  }
}

void CallToolBox::on_result(SourceResult result) {
  const auto at = running_.find(result.number);
  if (at == running_.end()) return;  // The result is late, or its number is unknown.
  const std::string octets = std::to_string(result.text.size()) + " octets came back";
  emit(result.ok ? What::Done : What::Failed, at->second.calls.back(), result.why.empty() ? octets : result.why + "; " + octets);
  finish(at->second, data_text(result.ok, result.text));
  running_.erase(at);
}

void CallToolBox::collect_results() {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    for (std::size_t taken = 0; taken < 2 * kMaxRunning; ++taken) {  // A source with endless results must not block the telephone call.
      auto result = sources_[i]->poll();
      if (!result) break;
      const auto at = running_.find(result->number);
      if (at != running_.end() && at->second.source == i) on_result(std::move(*result));  // Accept a result only from the source of the tool call.
    }
  }
}

void CallToolBox::stop_late_ones() {
  for (auto at = running_.begin(); at != running_.end();) {
    if (now_ < at->second.due) {
      ++at;
      continue;
    }
    emit(What::TimedOut, at->second.calls.back(), "no answer came in time");
    finish(at->second, refused_text("The tool did not answer in time. Whether it did its work is not known."));
    sources_[at->second.source]->abandon(at->first);
    at = running_.erase(at);
  }
}

void CallToolBox::tick(TimePoint now) {
  now_ = std::max(now_, now);
  if (question_) question_->on_time(now_);
  settle_question();
  collect_results();
  stop_late_ones();
}

std::optional<ToolOutcome> CallToolBox::poll() {
  collect_results();
  if (outcomes_.empty()) return std::nullopt;
  ToolOutcome next = std::move(outcomes_.front());
  outcomes_.pop_front();
  return next;
}

void CallToolBox::abandon() {
  over_ = true;
  waiting_.clear();
  question_.reset();
  outcomes_.clear();
  for (const auto& [number, running] : std::exchange(running_, {})) sources_[running.source]->abandon(number);
}

std::optional<TimePoint> CallToolBox::next_deadline() const {
  auto next = question_ ? question_->next_deadline() : std::nullopt;
  for (const auto& [number, running] : running_) {
    if (!next || running.due < *next) next = running.due;
  }
  return next;
}

}  // namespace offhook::inline v0::agent::tools
