#include <offhook/agent/providers/chat/chat_thinker.hpp>

#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

namespace offhook::inline v0::agent::chat {

/// One request and its answer.
struct ChatThinker::Exchange {
  std::uint32_t turn = 0;
  std::unique_ptr<net::HttpTransfer> transfer;
  std::unique_ptr<ModelAnswer> answer;
  net::HttpHead head;
  std::string error_body;
  bool over = false;

  [[nodiscard]] bool good() const { return head.status >= 200 && head.status < 300; }
};

namespace {

constexpr std::size_t kMaxDrained = 4;
constexpr std::size_t kMaxAnswerBody = 8U << 20U;
constexpr unsigned kMaxShortened = 3;  // how often a turn may halve the size of its messages; three times leave an eighth

/// Texts in the errors of servers when a question is too long for the model: "context_length_exceeded", vLLM "maximum context length",
/// llama.cpp "exceed_context_size_error", TGI "inputs tokens + max_new_tokens must be <= 4096", gateways "prompt is too long".
constexpr std::array<std::string_view, 12> kTooLong{"context length", "context_length", "context size", "context_size", "context window", "context_window",
                                                    "model length", "token count", "too many tokens", "max_new_tokens", "reduce the length", "is too long"};

bool may_be_too_long(int status, std::string_view body) {
  if (status == 413) return true;
  if (status != 400 && status != 422 && status != 500) return false;
  return std::any_of(kTooLong.begin(), kTooLong.end(), [body](std::string_view words) {
    const auto same = [](char a, char b) { return base::to_lower(a) == b; };
    return std::search(body.begin(), body.end(), words.begin(), words.end(), same) != body.end();
  });
}

/// Adds a sentence about the language of the call to the prompt. Without it, a model may reply in the language of its prompt.
std::string with_language(std::string prompt, std::string_view language) {
  if (!prompt.empty()) prompt += "\n\n";
  if (language.empty()) return prompt + "Reply in the language that the caller speaks.";
  return prompt + "Reply in the language with the tag " + std::string(language) + " (BCP 47) only.";
}

}  // namespace

ChatThinker::ChatThinker(std::unique_ptr<ModelServer> server, ChatThinkerOptions options, net::HttpClient& http, Wake wake)
    : server_(std::move(server)), options_(options), http_(http), wake_(std::move(wake)), whom_("the model " + server_->model()) {}

ChatThinker::~ChatThinker() = default;

void ChatThinker::open(const SessionContext& context) {
  prompt_ = with_language(context.prompt, context.language);
  history_ = context.history;
  tools_ = context.tools;
  retries_.share(context.retries, Stage::Think);
  begin(context.call);
}

void ChatThinker::begin(const CallContext&) {
  // The thinker ignores the outcome: the first question shows whether the model still loads.
  loading_.loader = std::make_unique<ModelLoader>(*server_, http_, nullptr);
  if (!loading_.loader->is_needed()) http_.warm(server_->url());
}

void ChatThinker::tick(base::TimePoint now) {
  std::erase_if(drained_, [](const auto& exchange) { return exchange->over; });
  report_loading(now);
  if (retry_.take_due(now)) ask();
}

void ChatThinker::report_loading(base::TimePoint now) {
  if (!loading_.since) loading_.since = now;
  const bool waits = busy_ && exchange_ && exchange_->head.status == 0 && loading_.loader && loading_.loader->is_loading();
  if (!waits || loading_.told || now - *loading_.since < kSlowLoad) return;
  loading_.told = true;
  // If the next provider takes over, its session destroys this thinker and its request, and a server may stop to load the model when
  // its last client disconnects. Therefore a separate request continues the load.
  if (auto load = std::exchange(loading_.goes_on, true) ? std::nullopt : server_->warm_up()) http_.send_off(*std::move(load));
  push(ModelLoads{present_.input.turn, whom_ + " is being loaded"});
}

void ChatThinker::respond(const TurnInput& input) {
  stop();
  busy_ = true;
  loading_.told = false;
  present_ = {input, {}, {}};
  ends_call_ = false;
  shortened_ = 0;
  tried_ = most_;
  ask();
}

std::vector<ModelMessage> ChatThinker::messages() const {
  auto all = messages_of(history_, present_);
  keep_newest(all, tried_);
  return all;
}

void ChatThinker::ask() {
  drain();
  splitter_ = ClauseSplitter(options_.clauses);
  round_.clear();
  given_ = false;
  const bool with_tools = present_.rounds.size() < options_.max_rounds;
  auto request = server_->request({prompt_, messages(), with_tools ? tools_ : nullptr});
  request.max_body = kMaxAnswerBody;

  exchange_ = std::make_unique<Exchange>();
  Exchange* const exchange = exchange_.get();
  exchange->turn = present_.input.turn;
  exchange->answer = server_->answer();
  net::HttpHandler handler;
  handler.on_head = [this, exchange](const net::HttpHead& head) {
    exchange->head = head;
    if (exchange == exchange_.get() && exchange->good()) most_ = tried_;
  };
  handler.on_body = [this, exchange](std::string_view bytes) {
    if (exchange->good()) {
      std::vector<ModelEvent> events;
      exchange->answer->on_bytes(bytes, events);
      if (events.empty() && exchange == exchange_.get()) grow();
      take(exchange, events);
    } else if (exchange == exchange_.get()) {
      exchange->error_body += bytes.substr(0, kMaxErrorBody - std::min(kMaxErrorBody, exchange->error_body.size()));
    }
  };
  handler.on_end = [this, exchange](std::optional<net::NetError> error) { on_end(*exchange, std::move(error)); };
  exchange->transfer = http_.start(std::move(request), std::move(handler));
}

void ChatThinker::on_end(Exchange& exchange, std::optional<net::NetError> error) {
  exchange.over = true;
  if (&exchange == exchange_.get()) {
    if (error) return fail(failure_of(whom_, *error));
    if (!exchange.good()) return refuse(exchange);
  }
  std::vector<ModelEvent> events;
  exchange.answer->on_end(events);
  take(&exchange, events);
}

void ChatThinker::refuse(const Exchange& exchange) {
  const bool is_long = may_be_too_long(exchange.head.status, exchange.error_body);
  if (is_long && shortened_ < kMaxShortened && shorten()) return ask();
  RequestFailure failure = server_->failure(whom_, exchange.head, exchange.error_body);
  if (is_long) failure.why += "; perhaps prompt, tools and conversation are longer than the model's context";
  fail(std::move(failure));
}

/// Halves the size of the messages. Returns false if no message can be left out.
bool ChatThinker::shorten() {
  auto kept = messages();
  const std::size_t before = kept.size(), half = octets_of(kept) / 2;
  keep_newest(kept, half);
  if (kept.size() == before) return false;
  tried_ = half;
  ++shortened_;
  retries_.add(whom_ + " refuses such a long conversation", "asks again with its newer half");
  return true;
}

/// Reports that the model works. Thoughts and the arguments of a function call give no text to speak, but they are progress.
void ChatThinker::grow() {
  if (events_.empty() || !std::holds_alternative<ReplyGrows>(events_.back())) push(ReplyGrows{present_.input.turn});
}

/// Handles the events of the answer in `from`. If that answer has already ended, it takes only the usage, which servers send last.
void ChatThinker::take(const Exchange* from, std::vector<ModelEvent>& events) {
  for (ModelEvent& event : events) {
    if (const auto* usage = std::get_if<ModelUsage>(&event)) {
      count(from->turn, *usage);
    } else if (exchange_.get() == from) {
      std::visit([this](auto& what) { on_model(what); }, event);
    }
  }
}

void ChatThinker::count(std::uint32_t turn, const ModelUsage& usage) {
  TokensUsed used;
  used.turn = turn;
  used.input = usage.input;
  used.cached_input = usage.cached_input;
  used.output = usage.output;
  push(std::move(used));
}

void ChatThinker::on_model(ModelText& text) {
  std::vector<std::string> clauses;
  splitter_.feed(text.text, clauses);
  if (clauses.empty()) grow();
  say(clauses);
}

void ChatThinker::on_model(ModelCall& call) {
  std::string id = fresh_id(call);
  round_.push_back({std::move(id), std::move(call.name), std::move(call.arguments), {}});
}

void ChatThinker::on_model(ModelFinished&) {
  std::vector<std::string> clauses;
  splitter_.finish(clauses);
  say(clauses);
  drain();
  if (!round_.empty()) return ask_tools();
  if (!has_said() && !ends_call_) return fail({FailureKind::Empty, "the answer of " + whom_ + " has no words to speak", std::nullopt});
  finish();
}

void ChatThinker::on_model(ModelFailed& failed) {
  drain();
  // A model that has spoken before its function calls may have nothing to add after them.
  if (failed.kind == FailureKind::Empty && (has_said() || ends_call_)) return finish();
  const bool may_help = failed.kind == FailureKind::Overloaded || failed.kind == FailureKind::Empty;
  fail({failed.kind, whom_ + ": " + failed.why, may_help ? std::optional(kServerRetry) : std::nullopt});
}

void ChatThinker::say(const std::vector<std::string>& clauses) {
  for (const std::string& clause : clauses) {
    if (!present_.said.empty()) present_.said += ' ';
    present_.said += clause;
    given_ = true;
    push(ReplyText{present_.input.turn, clause, false});
  }
}

/// Returns the id of `call`, or a new id if the server sent none, or sent an id that another call in the history has.
std::string ChatThinker::fresh_id(const ModelCall& call) {
  const auto is_known = [this](const std::string& id) {
    const auto has_id = [&id](const ModelMessage::Call& known) { return known.id == id; };
    if (std::any_of(round_.begin(), round_.end(), has_id)) return true;
    if (std::any_of(present_.rounds.begin(), present_.rounds.end(),
                    [&](const auto& round) { return std::any_of(round.begin(), round.end(), has_id); }))
      return true;
    return history_ != nullptr && std::any_of(history_->entries().begin(), history_->entries().end(),
                                              [&id](const HistoryEntry& entry) { return entry.call_id == id; });
  };
  if (!call.call_id.empty() && !is_known(call.call_id)) return call.call_id;
  // Another provider that failed in this turn may have generated the same ids, so look for an unused one.
  const std::string round = "call_" + std::to_string(present_.input.turn) + "_" + std::to_string(present_.rounds.size()) + "_";
  for (std::size_t number = round_.size();; ++number) {
    std::string id = round + std::to_string(number);
    if (!is_known(id)) return id;
  }
}

void ChatThinker::ask_tools() {
  given_ = true;
  open_calls_ = round_.size();
  for (const auto& call : round_) push(ToolCall{present_.input.turn, call.id, call.name, call.arguments});
}

void ChatThinker::on_tool(const ToolOutcome& outcome) {
  if (!busy_ || open_calls_ == 0 || outcome.turn != present_.input.turn) return;
  const auto call = std::find_if(round_.begin(), round_.end(), [&](const auto& known) { return known.id == outcome.call_id; });
  if (call == round_.end() || !call->result.empty()) return;
  call->result = outcome.result.empty() ? "{}" : outcome.result;
  if (outcome.action && !outcome.refused)
    ends_call_ =
        ends_call_ || outcome.action->what == ReplyAction::What::HangUp || outcome.action->what == ReplyAction::What::Transfer;
  if (--open_calls_ > 0) return;
  present_.rounds.push_back(std::exchange(round_, {}));
  // The model has said goodbye, and a tool hangs up or transfers the call: ask for no further text, which would delay that.
  if (ends_call_ && has_said()) return finish();
  retry_.reset();
  ask();
}

void ChatThinker::fail(RequestFailure failure) {
  drain();
  if (!given_ && retry_.plan(failure, retries_)) return;
  busy_ = false;
  push(ThinkFailed{present_.input.turn, std::move(failure.why), failure.kind});
}

void ChatThinker::finish() {
  busy_ = false;
  push(ReplyDone{present_.input.turn});
}

/// Continues to read the rest of the present answer: a connection can be used again only after the answer was read to its end.
void ChatThinker::drain() {
  if (!exchange_) return;
  drained_.push_back(std::move(exchange_));
  if (drained_.size() > kMaxDrained) drained_.pop_front();
}

void ChatThinker::stop() {
  exchange_.reset();
  busy_ = false;
  round_.clear();
  open_calls_ = 0;
  retry_.reset();
}

void ChatThinker::cancel(std::uint32_t turn) {
  if (busy_ && present_.input.turn == turn) stop();
  std::erase_if(events_,
                [turn](const ThinkEvent& event) { return std::visit([](const auto& e) { return e.turn; }, event) == turn; });
}

void ChatThinker::on_heard(std::uint32_t, std::string_view, bool) {}  // The history contains what the caller heard.

void ChatThinker::push(ThinkEvent event) {
  events_.push_back(std::move(event));
  if (wake_) wake_();
}

std::optional<ThinkEvent> ChatThinker::poll() {
  if (events_.empty()) return std::nullopt;
  std::optional<ThinkEvent> event(std::move(events_.front()));
  events_.pop_front();
  return event;
}

}  // namespace offhook::inline v0::agent::chat
