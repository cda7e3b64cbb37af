#include <offhook/agent/app/agent.hpp>

#include <offhook/agent/app/agent_calls.hpp>
#include <offhook/agent/app/agent_figures.hpp>
#include <offhook/agent/app/agent_options.hpp>
#include <offhook/agent/app/call_threads.hpp>
#include <offhook/agent/app/directory_facts.hpp>
#include <offhook/agent/app/registrations.hpp>
#include <offhook/agent/app/service_log.hpp>
#include <offhook/agent/net/thread_edges.hpp>
#include <offhook/agent/ops/metrics.hpp>
#include <offhook/agent/phone/call_capacity.hpp>
#include <offhook/agent/phone/sip_network.hpp>
#include <offhook/agent/support/log.hpp>
#include <offhook/media/engine/silero_model.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <variant>

namespace offhook::inline v0::agent {

namespace {
constexpr auto kFinishPoll = std::chrono::milliseconds(20);
}

class Agent::Impl {
 public:
  Impl(AgentOptions options, std::function<void(AgentEvent)> watch)
      : options_(std::move(options)), watch_(std::move(watch)), registrations_(options_.account.registers ? 1 + options_.standby_accounts.size() : 0) {}

  ~Impl() {
    // Calls may still run. Signalling stops first, but is freed only after the conversation threads, because conversations post tasks to it.
    if (network_) network_->endpoint().stop();
    if (calls_) calls_->cut_off();
    threads_.reset();
    records_.reset();  // All records are in the store's queue now. The store's destructor writes the waiting records.
    calls_.reset();  // The media legs of the calls close while the engine still exists.
    network_.reset();
    engine_.reset();
    recordings_.reset();  // All audio has ended. The destructor of the store ends all files.
    capture_.reset();     // The last message has passed. The destructor writes the messages that wait.
  }

  base::Result<void, base::Error> start() {
    if (auto opened = open_stores(); !opened) return opened;
    auto capture = open_capture(options_);
    if (!capture) return base::fail(capture.error());
    capture_ = std::move(*capture);
    if (auto opened = open_providers(); !opened) return opened;
    if (auto opened = open_media(); !opened) return opened;
    if (!options_.make_edges) options_.make_edges = [proxies = options_.proxies](auto& io) { return net::make_thread_edges(io, proxies); };
    threads_ = std::make_unique<CallThreads>(options_.conversation_threads, options_.make_edges);
    const auto awaited = SessionFactory::awaits_model(*agents_) ? awaited_from_now_on() : nullptr;  // This must come before a peer can send OPTIONS.
    if (auto opened = open_network(); !opened) return opened;
    rehearse(agents_, awaited);
    network_->post([this] {
      network_->add_account(options_.account);
      for (const sip::AccountOptions& standby : options_.standby_accounts) network_->add_account(standby);
      network_->endpoint().set_accepting(options_.accepts_calls);
    });
    return {};
  }

  void dial(std::string target, MachinePolicy machine) {
    network_->post([this, target = std::move(target), machine] { calls_->dial(target, machine); });
  }

  void send_text(std::string call_id, std::string text, std::string type) {
    network_->post([this, call_id = std::move(call_id), text = std::move(text), type = std::move(type)]() mutable {
      calls_->send_text(call_id, std::move(text), std::move(type));
    });
  }

  void drain() {
    network_->post([this] {
      if (draining_.exchange(true)) return;
      log::info("agent.draining", {{"calls", calls_->count()}});
      network_->endpoint().set_accepting(false);
      network_->post_after(options_.drain_limit, [this] { calls_->close(); });
      const auto farewell_at = options_.drain_limit - std::min<base::Duration>(options_.drain_limit / 2, std::chrono::seconds(8));
      network_->post_after(farewell_at, [this] { calls_->shut_down(); });
      unregister_if_idle();
    });
  }

  base::Result<void, base::Error> reload(std::shared_ptr<const AgentDirectory> agents, recordings::RecordingOptions recordings) {
    (void)is_set_up();  // Notes that the agent is ready, before the new dialogues make the factory not ready.
    recordings.enabled = records_calls(*agents);
    auto store = recordings::store_after_reload(this->recordings(), std::move(recordings));
    if (!store) return base::fail(store.error());
    if (auto adopted = factory_->adopt(*agents); !adopted) return adopted;
    {
      const std::lock_guard lock(shared_mutex_);
      recordings_ = std::move(*store);
    }
    // If the agent is ready, it stays ready, so that a reload does not make a dispatcher remove this instance. If models are still loading,
    // the agent becomes ready only when the new models are loaded too.
    rehearse(agents, *models_awaited_ > 0 && SessionFactory::awaits_model(*agents) ? awaited_from_now_on() : nullptr);
    network_->post([this, agents = std::move(agents)]() mutable {
      const std::lock_guard lock(shared_mutex_);
      agents_.swap(agents);
    });
    return {};
  }

  void cut_calls() {
    network_->post([this] { calls_->close(); });
  }

  void ping(std::function<void()> answer) { network_->post(std::move(answer)); }
  base::Duration drain_limit() const { return options_.drain_limit; }
  bool drained() const { return drained_; }
  bool is_warm() const { return factory_->is_warm(); }
  std::uint16_t sip_port() const { return network_->endpoint().sip_port(); }
  std::size_t calls() const { return calls_->count(); }

  Health health() const { return health_of(state()); }
  std::string live_calls() const { return calls_->live().json(leg_statistics(), base::Clock::now()); }
  HealthReply pause_recording(const std::string& call, bool paused) const { return calls_->live().pause_recording(call, paused); }
  std::string metrics() const {
    std::vector<media::QualityReport> reports;
    for (const auto& leg : calls_->live().statistics(leg_statistics())) reports.push_back(media::report_of(leg));
    Figures now = figures_of(state());
    for (auto& figures : CallMetrics::live(reports)) now.push_back(std::move(figures));
    return metrics_.page(std::move(now));
  }

 private:
  base::Result<void, base::Error> open_stores() {
    if (options_.agents) options_.transcripts.enabled = keeps_transcripts(*options_.agents);
    auto transcripts = transcripts::TranscriptRegistry::open(options_.transcripts);
    if (!transcripts) return base::fail(transcripts.error());
    transcripts_ = std::move(*transcripts);
    options_.records.keep.redactor = transcripts_->redactor();
    auto store = records::CallRecordStore::open(options_.records, [this](const records::CallRecord& record) { watch_(CallRecorded{record}); });
    if (!store) return base::fail(store.error());
    records_ = std::move(*store);
    if (options_.agents) options_.recordings.enabled = records_calls(*options_.agents);
    auto recordings = recordings::RecordingStore::open(options_.recordings);
    if (!recordings) return base::fail(recordings.error());
    recordings_ = std::move(*recordings);
    return {};
  }

  base::Result<void, base::Error> open_providers() {
    options_.embedded.pool = std::make_shared<WorkPool>();
    factory_ = std::make_shared<SessionFactory>(FactoryOptions{
        options_.embedded, options_.conversation,
        Breakers::Watch{[this](std::string_view service, FailureKind kind) { metrics_.conversations().on_provider_failed(service, kind); }, log_pause, log_return},
        log_tool_server, [this](const ServiceUse& use) { metrics_.conversations().on_use(use); },
        [this](const ServiceFailure& failure) { on_rehearsal_failure(failure); }});
    agents_ = options_.agents ? options_.agents : local_agent(options_);
    if (auto adopted = factory_->adopt(*agents_); !adopted) return adopted;
    for (const std::string& warning : factory_->warnings()) log::warning("embedded.warning", {{"detail", warning}});
    return {};
  }

  base::Result<void, base::Error> open_media() {
    open_voice_model();
    engine_ = std::make_unique<media::Engine>(options_.media);
    if (const auto media = engine_->status(); media.datagrams == media::DatagramPath::Best)
      return base::fail(base::Error{"media", 1, "/media/datagrams: " + media.refused + "; set it to \"auto\", which uses the interface that works"});
    return {};
  }

  /// Opens the voice model. Its absence is a warning and not an error: on a quiet line, voice activity detection works as well without it.
  void open_voice_model() {
    if (options_.silero_folder.empty()) return;
    auto model = media::open_silero(options_.silero_folder);
    constexpr std::string_view kCure = "docs/voice-activity.md describes the installation of the model; /media/voice_activity \"spectral\" needs none";
    if (!model) return log::warning("voice.absent", {{"detail", model.error()}, {"next", kCure}});
    options_.media.voice_model = std::move(*model);
    options_.media.on_voice_lost = [](const std::string& why) {
      log::warning("voice.lost", {{"detail", why}, {"next", "restart Offhook to load the model again"}});
    };
    log::info("voice.model", {{"folder", options_.silero_folder}});
  }

  base::Result<void, base::Error> open_network() {
    options_.phone.accepting = false;  // A call that comes before the accounts exist would count as a stranger's, and would find no AgentCalls.
    options_.phone.is_loading = [count = models_awaited_] { return *count > 0; };
    auto network = phone::SipNetwork::open(options_.phone, *engine_, {[this](call::Event event) { calls_->on_event(std::move(event)); },
                                                                      [this](const phone::PhoneEvent& event) { on_phone(event); }});
    if (!network) return base::fail(network.error());
    network_ = std::move(*network);
    const auto agents = [this] { return this->agents(); };
    const auto recordings = [this] { return this->recordings(); };
    calls_ = std::make_unique<AgentCalls>(CallServices{options_, factory_, *records_, *transcripts_, recordings, agents, *threads_, metrics_, draining_, watch_}, *network_,
                                          [this] {
                                            if (draining_) unregister_if_idle();
                                          });
    return {};
  }

  std::shared_ptr<recordings::RecordingStore> recordings() const {
    const std::lock_guard lock(shared_mutex_);
    return recordings_;
  }
  std::shared_ptr<const AgentDirectory> agents() const {
    const std::lock_guard lock(shared_mutex_);
    return agents_;
  }

  // --- the state, for the pages of the health port

  /// Once true, the result stays true, so that a reload with a new dialogue does not make a dispatcher remove this instance.
  bool is_set_up() const {
    if (!set_up_ && factory_->is_warm()) set_up_ = true;
    return set_up_;
  }

  Readiness readiness(const media::EngineStatus& media) const {
    const bool is_reached = registered_ || !options_.account.registers;
    const phone::Shortage shortage = phone::shortage_for_a_call();
    // Checks only the default agent. If no provider serves it, a different agent may still take its own calls.
    const bool is_served = factory_->is_served(*agents()->otherwise(), base::Clock::now());
    return {is_set_up(), *models_awaited_ == 0, is_reached, draining_, !records_->is_losing(), media.takes_legs, shortage != phone::Shortage::Descriptors,
            shortage != phone::Shortage::Memory, is_served, threads_->state(base::Clock::now()).answer()};
  }

  std::string_view voice_activity(const media::EngineStatus& media) const {
    if (media.voice_model) return "silero";
    if (options_.silero_folder.empty()) return "spectral";
    return options_.media.voice_model ? "spectral: silero has failed" : "spectral: silero is absent";
  }

  AgentState state() const {
    AgentState state;
    state.version = options_.version;
    state.media = engine_->status();
    state.readiness = readiness(state.media);
    state.voice = voice_activity(state.media);
    state.threads = threads_->state(base::Clock::now());
    state.calls = calls_->count();
    state.most_calls = options_.phone.max_calls;
    {
      const std::lock_guard lock(shared_mutex_);
      state.registrations = registrations_.all();
      state.registrations_up = registrations_.registered();
      state.registrations_json = registrations_.json();
    }
    state.services = factory_->breakers().states(base::Clock::now());
    state.work = factory_->pool().counters();
    state.records = records_->state();
    const auto recordings = this->recordings();
    state.recordings = recordings->counters();
    state.recording = recordings->state();
    state.capture_dropped = capture_ ? capture_->dropped() : 0;
    return state;
  }

  LiveCalls::Statistics leg_statistics() const {
    return [this](media::LegId leg) { return engine_->statistics(leg); };
  }

  // --- models that load

  /// Makes the agent not ready until the last copy of the returned pointer is destroyed.
  std::shared_ptr<const void> awaited_from_now_on() {
    ++*models_awaited_;
    return {nullptr, [count = models_awaited_](const void*) { --*count; }};
  }

  void rehearse(const std::shared_ptr<const AgentDirectory>& agents, const std::shared_ptr<const void>& awaited) {
    const auto told = [](const std::string& trouble) { log::warning("model.not_loaded", {{"detail", trouble}}); };
    threads_->first().rehearse([this, agents, told, awaited](net::Edges& edges) { return factory_->rehearsing(*agents, edges, told, awaited); });
  }

  void on_rehearsal_failure(const ServiceFailure& failure) {
    metrics_.conversations().on_provider_failed(failure.service, failure.kind);
    log::warning("speech.failed", {{"service", failure.service}, {"why", failure.why}, {"next", "calls try this service again, and use the next voice if it fails: check its model and its voice"}});
  }

  // --- the telephone

  void on_phone(const phone::PhoneEvent& event) {
    if (const auto* changed = std::get_if<phone::RegistrationChanged>(&event)) on_registration(*changed);
    if (const auto* stranger = std::get_if<sip::StrangerRefused>(&event)) log_stranger(*stranger);
    if (const auto* server = std::get_if<phone::NatServerFailed>(&event)) log_nat_server(*server);
  }

  void on_registration(const phone::RegistrationChanged& event) {
    const auto& d = event.details;
    bool all_ended = false, is_refresh = false;
    {
      const std::lock_guard lock(shared_mutex_);
      is_refresh = registrations_.is_refresh(d);
      registrations_.on_event(d);
      registered_ = registrations_.any_registered();
      all_ended = registrations_.all_ended();
    }
    if (d.state == sip::RegistrationChanged::State::Failed) metrics_.on_registration_failed(d.why);
    log_registration(d, is_refresh);
    watch_(event);
    if (draining_ && calls_->count() == 0 && all_ended) finish();
  }

  void unregister_if_idle() {
    if (calls_->count() != 0) return;
    calls_->end_consultations();
    if (!options_.account.registers) return finish();
    network_->unregister();
  }

  /// Waits for open transactions: a call that was hung up before its ACK still has to send its BYE (RFC 3261 section 15), and other
  /// requests wait for their responses.
  void finish() {
    if (network_->endpoint().unfinished() == 0) {
      drained_ = true;
    } else {
      network_->post_after(kFinishPoll, [this] { finish(); });
    }
  }

  AgentOptions options_;
  std::function<void(AgentEvent)> watch_;
  std::shared_ptr<SessionFactory> factory_;
  std::shared_ptr<const AgentDirectory> agents_;  // under shared_mutex_
  std::unique_ptr<records::CallRecordStore> records_;
  std::unique_ptr<transcripts::TranscriptRegistry> transcripts_;
  std::shared_ptr<recordings::RecordingStore> recordings_;  // under shared_mutex_
  std::unique_ptr<capture::WireCapture> capture_;           // null if nothing is captured
  std::unique_ptr<media::Engine> engine_;
  std::unique_ptr<CallThreads> threads_;
  std::unique_ptr<phone::SipNetwork> network_;
  std::unique_ptr<AgentCalls> calls_;
  mutable std::mutex shared_mutex_;  // protects the members that the health port's thread also reads
  Registrations registrations_;      // under shared_mutex_
  std::atomic<bool> registered_{false}, draining_{false}, drained_{false};
  mutable std::atomic<bool> set_up_{false};
  std::shared_ptr<std::atomic<unsigned>> models_awaited_ = std::make_shared<std::atomic<unsigned>>(0);
  Metrics metrics_;
};

base::Result<std::unique_ptr<Agent>, base::Error> Agent::start(AgentOptions options, std::function<void(AgentEvent)> watch) {
  try {  // If the system refuses threads, memory or descriptors, std::thread and Asio throw.
    auto impl = std::make_unique<Impl>(std::move(options), std::move(watch));
    if (auto started = impl->start(); !started) return base::fail(started.error());
    return std::unique_ptr<Agent>(new Agent(std::move(impl)));
  } catch (const std::exception& error) {
    return base::fail(base::Error{"agent", 1, std::string("the agent cannot start, because the system refuses threads, memory or descriptors (ulimit -n, -u and -v show the limits): ") + error.what()});
  }
}

Agent::Agent(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Agent::~Agent() = default;
void Agent::dial(std::string target, MachinePolicy machine) { impl_->dial(std::move(target), machine); }
void Agent::send_text(std::string call_id, std::string text, std::string type) { impl_->send_text(std::move(call_id), std::move(text), std::move(type)); }
void Agent::drain() { impl_->drain(); }
base::Duration Agent::drain_limit() const { return impl_->drain_limit(); }
bool Agent::drained() const { return impl_->drained(); }
base::Result<void, base::Error> Agent::reload(std::shared_ptr<const AgentDirectory> agents, recordings::RecordingOptions recordings) {
  return impl_->reload(std::move(agents), std::move(recordings));
}
void Agent::cut_calls() { impl_->cut_calls(); }
void Agent::ping(std::function<void()> answer) { impl_->ping(std::move(answer)); }
Health Agent::health() const { return impl_->health(); }
std::string Agent::live_calls() const { return impl_->live_calls(); }
std::string Agent::metrics() const { return impl_->metrics(); }
HealthReply Agent::pause_recording(const std::string& call, bool paused) { return impl_->pause_recording(call, paused); }
std::uint16_t Agent::sip_port() const { return impl_->sip_port(); }
std::size_t Agent::calls() const { return impl_->calls(); }
bool Agent::is_warm() const { return impl_->is_warm(); }

}  // namespace offhook::inline v0::agent
