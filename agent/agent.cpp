#include <offhook/agent/agent.hpp>

#include <offhook/agent/ops/log.hpp>
#include <offhook/agent/providers/cascade_session.hpp>
#include <offhook/agent/providers/session_chain.hpp>
#include <offhook/agent/records/call_events.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <unordered_map>

namespace offhook::inline v0::agent {

namespace {

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};

double to_ms(base::Duration duration) { return std::chrono::duration<double, std::milli>(duration).count(); }
constexpr auto kFinishPoll = std::chrono::milliseconds(20);

std::string now_rfc3339() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

}  // namespace

class Agent::Impl {
 public:
  Impl(AgentOptions options, std::function<void(AgentEvent)> watch) : options_(std::move(options)), watch_(std::move(watch)) {}

  ~Impl() {
    // Calls may be up. Signalling stops first, and is freed last: conversations post to it for as long as their threads live.
    if (endpoint_) endpoint_->stop();
    for (const auto& [id, call] : calls_) {
      call->notes()->on_ended(cut_off(), "shutdown", {}, records::Moment::now());
      conclude(*call);  // Its parts end before the thread that they wake.
    }
    threads_.clear();
    book_.reset();  // All records are with it now; it writes what waits.
    calls_.clear();  // Their media legs close on an engine that is still there.
    endpoint_.reset();
    engine_.reset();
  }

  base::Result<void, base::Error> start() {
    auto book = records::CallBook::open(options_.records, [this](const records::CallRecord& record) { watch_(CallRecorded{record}); });
    if (!book) return base::fail(book.error());
    book_ = std::move(*book);
    options_.embedded.pool = std::make_shared<WorkPool>();
    auto provider = embedded::EmbeddedProvider::make(options_.embedded);
    if (!provider) return base::fail(provider.error());
    provider_ = std::move(*provider);
    for (const std::string& warning : provider_->warnings()) log::warning("embedded.warning", {{"detail", warning}});
    engine_ = std::make_unique<media::Engine>(options_.media);
    for (unsigned i = 0; i < std::max(1U, options_.conversation_threads); ++i) threads_.push_back(std::make_unique<ConversationThread>());
    auto endpoint = phone::Endpoint::open(options_.phone, *engine_, [this](phone::PhoneEvent event) { on_phone(std::move(event)); });
    if (!endpoint) return base::fail(endpoint.error());
    endpoint_ = std::move(*endpoint);
    endpoint_->post([this] { account_ = endpoint_->add_account(options_.account); });
    return {};
  }

  void dial(std::string target) {
    endpoint_->post([this, target = std::move(target)] { dial_now(target); });
  }

  void drain() {
    endpoint_->post([this] {
      if (draining_.exchange(true)) return;
      log::info("agent.draining", {{"calls", calls_.size()}});
      endpoint_->set_accepting(false);
      endpoint_->post_after(options_.drain_limit, [this] {
        for (const auto& [id, call] : calls_) call->close("shutdown", {});
      });
      const auto farewell_at = options_.drain_limit - std::min<base::Duration>(options_.drain_limit / 2, std::chrono::seconds(8));
      endpoint_->post_after(farewell_at, [this] {
        for (const auto& [id, call] : calls_) call->close("shutdown", options_.drain_farewell);
      });
      unregister_if_idle();
    });
  }

  void cut_calls() {
    endpoint_->post([this] {
      for (const auto& [id, call] : calls_) call->close("shutdown", {});
    });
  }

  Health health() const {
    const bool ready = registered_ && !draining_ && !book_->is_losing();
    const auto ticks = engine_->tick_times();
    return {ready, fmt::format(R"({{"ready":{},"registered":{},"draining":{},"calls":{},"records":"{}","ticks":{{"count":{},"p50_ms":{:.3f},"p99_ms":{:.3f},"worst_ms":{:.3f}}}}})",
                               ready, registered_.load(), draining_.load(), up_.load(), book_->state(), ticks.ticks, to_ms(ticks.p50), to_ms(ticks.p99),
                               to_ms(ticks.worst))};
  }

  AgentOptions options_;
  std::function<void(AgentEvent)> watch_;
  std::shared_ptr<embedded::EmbeddedProvider> provider_;
  std::shared_ptr<Breakers> breakers_ = std::make_shared<Breakers>();
  std::unique_ptr<records::CallBook> book_;
  std::unique_ptr<media::Engine> engine_;
  std::vector<std::unique_ptr<ConversationThread>> threads_;
  std::unique_ptr<phone::Endpoint> endpoint_;
  sip::AccountId account_;
  std::unordered_map<sip::SessionId, std::shared_ptr<AttendedCall>> calls_;  // signalling thread
  std::size_t next_thread_ = 0;
  std::uint64_t dialled_ = 0;
  std::atomic<bool> registered_{false}, draining_{false}, drained_{false};
  std::atomic<std::size_t> up_{0};

 private:
  void on_phone(phone::PhoneEvent event) {
    std::visit(Overloaded{
                   [&](phone::RegistrationChanged& e) { on_registration(e); },
                   [&](phone::CallOffered& e) { on_offered(e); },
                   [&](phone::CallTurnedAway& e) { on_turned_away(e); },
                   [&](phone::CallRinging& e) { with_notes(e.call, [](records::CallNotes& notes) { notes.on_ringing(records::Moment::now()); }); },
                   [&](phone::CallConnected& e) { on_connected(e); },
                   [&](phone::CallMediaChanged& e) { log::info("call.media", {{"call", id_of(e.call)}, {"sends", e.sends}, {"receives", e.receives}}); },
                   [&](phone::CallTransferred& e) { on_transferred(e); },
                   [&](phone::CallFinished& e) { on_finished(e); },
               },
               event);
  }

  std::shared_ptr<AttendedCall> find(const phone::CallPtr& call) const {
    const auto it = calls_.find(call->id());
    return it == calls_.end() ? nullptr : it->second;
  }
  template <class Do>
  void with_notes(const phone::CallPtr& call, Do what) const {
    if (const auto attended = find(call)) what(*attended->notes());
  }
  /// The record is whole when the conversation has said its last.
  void conclude(AttendedCall& call) {
    call.on_finished([this, notes = call.notes()] { book_->finish(*notes); });
  }
  static sip::CallEnded refused(int status) { return {{}, sip::CallEnded::By::Local, sip::CallEnded::Why::Rejected, status, {}}; }
  static sip::CallEnded cut_off() { return {{}, sip::CallEnded::By::Local, sip::CallEnded::Why::Bye, 0, {}}; }
  std::string id_of(const phone::CallPtr& call) const {
    const auto attended = find(call);
    return attended ? attended->context().call_id : std::string();
  }

  void on_registration(const phone::RegistrationChanged& event) {
    using State = sip::RegistrationChanged::State;
    const auto& d = event.details;
    registered_ = d.state == State::Registered;
    if (d.state == State::Registered) {
      log::info("registration.up", {{"expires_s", std::chrono::duration_cast<std::chrono::seconds>(d.expires).count()}});
    } else if (d.state == State::Failed) {
      const auto retry = d.retry_in ? std::chrono::duration_cast<std::chrono::seconds>(*d.retry_in).count() : -1;
      log::warning("registration.failed", {{"status", d.status}, {"reason", d.reason}, {"retry_in_s", retry}});
    } else if (d.state == State::Unregistered) {
      log::info("registration.ended");
    }
    watch_(event);
    if (draining_ && calls_.empty() && (d.state == State::Unregistered || d.state == State::Failed)) finish();
  }

  /// A call that was hung up before its ACK has its BYE still to come (RFC 3261 section 15), and others wait for their answer.
  void finish() {
    if (endpoint_->unfinished() == 0) {
      drained_ = true;
    } else {
      endpoint_->post_after(kFinishPoll, [this] { finish(); });
    }
  }

  std::shared_ptr<AttendedCall> attend(phone::CallPtr call, CallContext context, std::shared_ptr<records::CallNotes> notes) {
    ConversationThread& thread = *threads_[next_thread_++ % threads_.size()];
    const std::string id = context.call_id;
    auto attended = std::make_shared<AttendedCall>(*endpoint_, thread, std::move(call), std::move(context), [this, id, notes](const ConversationAction& what) {
      notes->on_action(what, records::Moment::now());
      watch_(CallLine{id, what});
    });
    attended->set_notes(std::move(notes));
    return attended;
  }

  void on_turned_away(const phone::CallTurnedAway& event) {
    log::info("call.turned_away", {{"call", event.details.call_id}, {"from", log::redacted(event.details.from.uri)}, {"status", event.status}});
    book_->turned_away(records::begun(event.details, options_.account.address_of_record), refused(event.status));
  }

  void on_offered(phone::CallOffered& event) {
    const auto& d = event.details;
    auto record = records::begun(d, options_.account.address_of_record);
    record.local_tag = event.call->leg_name().local_tag;
    log::info("call.offered", {{"call", d.call_id}, {"from", log::redacted(d.from.uri)}, {"source", d.source.to_string()}});
    const auto call = attend(event.call, {d.call_id, d.from.uri, d.from.display, d.to.uri, now_rfc3339()}, book_->notes(std::move(record)));
    book_->announce(*call->notes());
    track(call);  // Before prepare(): a call that is refused there tells its end like any other.
    if (const auto prepared = event.call->prepare(call->port(), {}); !prepared) {
      log::warning("call.refused", {{"call", d.call_id}, {"detail", prepared.error().detail}});
      return;
    }
    watch_(CallStarted{d.call_id, d.from.uri, d.to.uri, false});
    if (event.call->ring()) call->notes()->on_ringing(records::Moment::now());
    call->begin(plan());
  }

  void dial_now(const std::string& target) {
    const std::string id = "out-" + std::to_string(++dialled_);  // Not the target: this name is in every line of the log.
    const auto notes = book_->notes(records::begun(target, options_.account.address_of_record));
    const auto call = attend(nullptr, {id, target, {}, target, now_rfc3339()}, notes);
    using Dialled = base::Result<phone::CallPtr, base::Error>;
    auto dialled = draining_ ? Dialled(base::fail(base::Error{"agent", 1, "the agent is ending: no new calls"}))
                             : endpoint_->dial({account_, target, {}, true, {}}, call->port());
    if (!dialled) {
      log::error("call.not_dialled", {{"call", id}, {"to", log::redacted(target)}, {"code", dialled.error().code}});
      CallOver over;
      over.call_id = id;
      over.details.by = sip::CallEnded::By::Local;
      over.details.why = sip::CallEnded::Why::Unreachable;
      over.why = dialled.error().detail;
      notes->on_ended(over.details, over.why, {}, records::Moment::now());
      book_->finish(*notes);
      watch_(std::move(over));
      return;
    }
    call->set_call(*dialled);
    notes->on_dialled((*dialled)->leg_name().call_id, (*dialled)->leg_name().local_tag);
    book_->announce(*notes);
    track(call);
    watch_(CallStarted{id, options_.account.address_of_record, target, true});
    call->begin(plan());
  }

  ConversationPlan plan() const {
    ConversationPlan plan;
    plan.options = options_.conversation;
    plan.session = [provider = provider_, breakers = breakers_](const Wake& wake) -> std::unique_ptr<VoiceSession> {
      const auto cascade = [provider, breakers](const Wake& each) -> std::unique_ptr<VoiceSession> {
        CascadeParts parts;
        parts.listeners = {{"local", [provider](const Wake& w) { return provider->make_listener(w); }}};
        parts.thinkers = {{"local", [provider](const Wake& w) { return provider->make_thinker(w); }}};
        parts.speakers = {{"local", [provider](const Wake& w) { return provider->make_speaker(w); }}};
        return std::make_unique<CascadeSession>(std::move(parts), breakers, each);
      };
      return std::make_unique<SessionChain>(ChainOptions{{{"local", cascade}}, {}}, breakers, wake);
    };
    return plan;
  }

  void track(const std::shared_ptr<AttendedCall>& call) {
    calls_.emplace(call->call()->id(), call);
    up_ = calls_.size();
  }

  void on_connected(const phone::CallConnected& event) {
    const auto call = find(event.call);
    if (!call) return;
    const auto codec = event.call->codec().value_or(media::AudioCodec::Pcmu);
    log::info("call.up", {{"call", call->context().call_id}, {"codec", phone::to_string(codec)}});
    call->notes()->on_answered(codec, phone::to_string(codec), records::Moment::now());
    watch_(CallUp{call->context().call_id, codec});
    call->on_connected();
  }

  void on_transferred(const phone::CallTransferred& event) {
    const auto call = find(event.call);
    if (!call) return;
    log::info("call.transferred", {{"call", call->context().call_id}, {"status", event.status}});
    call->notes()->on_transferred(event.status);
    call->on_transferred(event.status >= 200 && event.status < 300);
  }

  void on_finished(phone::CallFinished& event) {
    const auto call = find(event.call);
    if (!call) return;
    calls_.erase(event.call->id());
    up_ = calls_.size();
    CallOver over{call->context().call_id, event.details, call->hang_up_why(),
                  std::chrono::duration_cast<std::chrono::milliseconds>(call->up_for()), event.media};
    const auto media = event.media.value_or(media::LegStatistics{});
    log::info("call.over", {{"call", over.call_id}, {"by", event.details.by == sip::CallEnded::By::Local ? "us" : "them"}, {"why", over.why},
                            {"status", event.details.status}, {"reason", event.details.reason}, {"seconds", static_cast<double>(over.duration.count()) / 1000.0},
                            {"received", media.packets_received}, {"sent", media.packets_sent}, {"lost", media.packets_lost}});
    call->notes()->on_ended(event.details, over.why, event.media, records::Moment::now());
    conclude(*call);
    watch_(std::move(over));
    if (draining_) unregister_if_idle();
  }

  void unregister_if_idle() {
    if (!calls_.empty()) return;
    if (!registered_ && !options_.account.registers) finish();
    endpoint_->unregister(account_);
  }
};

base::Result<std::unique_ptr<Agent>, base::Error> Agent::start(AgentOptions options, std::function<void(AgentEvent)> watch) {
  auto impl = std::make_unique<Impl>(std::move(options), std::move(watch));
  if (auto started = impl->start(); !started) return base::fail(started.error());
  return std::unique_ptr<Agent>(new Agent(std::move(impl)));
}

Agent::Agent(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Agent::~Agent() = default;
void Agent::dial(std::string target) { impl_->dial(std::move(target)); }
void Agent::drain() { impl_->drain(); }
bool Agent::drained() const { return impl_->drained_; }
void Agent::cut_calls() { impl_->cut_calls(); }
Health Agent::health() const { return impl_->health(); }
std::uint16_t Agent::sip_port() const { return impl_->endpoint_->sip_port(); }
std::size_t Agent::calls() const { return impl_->up_; }
bool Agent::is_warm() const { return impl_->provider_->is_warm(); }

}  // namespace offhook::inline v0::agent
