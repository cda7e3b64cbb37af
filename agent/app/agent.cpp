#include <offhook/agent/app/agent.hpp>

#include <offhook/agent/net/thread_edges.hpp>
#include <offhook/agent/support/log.hpp>
#include <offhook/agent/ops/metrics.hpp>
#include <offhook/agent/app/agent_figures.hpp>
#include <offhook/agent/sessions/call_log.hpp>
#include <offhook/agent/app/call_setup.hpp>
#include <offhook/agent/app/call_threads.hpp>
#include <offhook/agent/app/consultations.hpp>
#include <offhook/agent/app/live_calls.hpp>
#include <offhook/agent/sessions/other_caller.hpp>
#include <offhook/agent/phone/call_capacity.hpp>
#include <offhook/agent/phone/target.hpp>
#include <offhook/agent/providers/registry/registry.hpp>
#include <offhook/agent/records/call_events.hpp>
#include <offhook/agent/app/registrations.hpp>
#include <offhook/agent/app/service_log.hpp>
#include <offhook/agent/sessions/conversation_options.hpp>
#include <offhook/media/stream/codec_chain.hpp>
#include <offhook/media/engine/silero_model.hpp>
#include <offhook/media/detect/call_progress_detector.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <unordered_map>

namespace offhook::inline v0::agent {

namespace {

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};

double to_ms(base::Duration duration) { return std::chrono::duration<double, std::milli>(duration).count(); }
constexpr auto kFinishPoll = std::chrono::milliseconds(20);

std::string_view words_for(sip::RegistrationChanged::Why why) {
  using Why = sip::RegistrationChanged::Why;
  switch (why) {
    case Why::None: return "";
    case Why::WrongCredentials: return "wrong password";
    case Why::Refused: return "refused";
    case Why::NoAnswer: return "no answer";
    case Why::Unresolvable: return "name not found";
    case Why::Unreachable: return "unreachable";
  }
  return "";
}

std::string now_rfc3339() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

}  // namespace

/// Makes the agent that needs no provider: the embedded dialogue takes every call.
std::shared_ptr<const AgentDirectory> local_agent(const AgentOptions& options) {
  const auto provider = std::make_shared<ProviderProfile>();
  provider->name = local_kind().name;
  provider->kind = &local_kind();
  const auto profile = std::make_shared<AgentProfile>();
  profile->sessions = {CascadeWay{{provider}, {provider}, {provider}}};
  profile->voice = options.embedded.voice;
  profile->codecs = options.phone.codecs;
  const auto seconds = [](base::Duration time) { return std::chrono::duration_cast<std::chrono::seconds>(time); };
  profile->limits.call = seconds(options.conversation.call_limit);
  profile->limits.silence = seconds(options.conversation.silence_prompt);
  return std::make_shared<AgentDirectory>(std::vector<AgentDirectory::Entry>{}, profile);
}

/// Returns true when any agent keeps transcripts. If a reload brings the first one, transcripts begin at the next start
/// (config::waiting_for_restart).
bool keeps_transcripts(const AgentDirectory& agents) {
  const auto keeps = [](const AgentDirectory::Entry& entry) { return entry.profile->transcripts; };
  return agents.otherwise()->transcripts || std::any_of(agents.entries().begin(), agents.entries().end(), keeps);
}

/// Returns true when any agent records its calls.
bool records_calls(const AgentDirectory& agents) {
  const auto records = [](const AgentDirectory::Entry& entry) { return entry.profile->recordings; };
  return agents.otherwise()->recordings || std::any_of(agents.entries().begin(), agents.entries().end(), records);
}

/// Returns the highest sample rate that the profile's calls can have. It is 8 kHz at least, because each call may use G.711.
std::uint32_t recording_rate_hz(const AgentProfile& profile) {
  std::uint32_t most = 8000;
  for (const auto codec : profile.codecs) most = std::max(most, codec == media::AudioCodec::Opus ? 16000U : media::sample_rate_hz(codec));
  return most;
}

class Agent::Impl {
 public:
  Impl(AgentOptions options, std::function<void(AgentEvent)> watch)
      : options_(std::move(options)), watch_(std::move(watch)), registrations_(options_.account.registers ? 1 + options_.standby_accounts.size() : 0) {}

  ~Impl() {
    // Calls may be up. Signalling stops first, and is freed last, because conversations post tasks to it as long as their threads exist.
    if (endpoint_) endpoint_->stop();
    for (const auto& [id, call] : calls_) {
      call->notes()->on_ended(cut_off(), "shutdown", {}, records::Moment::now());
      conclude(*call);  // A call's parts end before the thread that they wake.
    }
    threads_.reset();
    records_.reset();  // All records are in its queue now. The destructor writes those that wait.
    calls_.clear();  // Their media legs close while the engine still exists.
    consultations_.reset();
    endpoint_.reset();
    engine_.reset();
    recordings_.reset();  // All audio has ended. The destructor ends all files.
  }

  base::Result<void, base::Error> start() {
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
    options_.embedded.pool = std::make_shared<WorkPool>();
    factory_ = std::make_shared<SessionFactory>(FactoryOptions{
        options_.embedded, options_.conversation,
        Breakers::Watch{[this](std::string_view service, FailureKind kind) { metrics_.conversations().on_provider_failed(service, kind); }, log_pause, log_return},
        log_tool_server, [this](const ServiceUse& use) { metrics_.conversations().on_use(use); },
        [this](const ServiceFailure& failure) { on_rehearsal_failure(failure); }});
    agents_ = options_.agents ? options_.agents : local_agent(options_);
    if (auto adopted = factory_->adopt(*agents_); !adopted) return adopted;
    for (const std::string& warning : factory_->warnings()) log::warning("embedded.warning", {{"detail", warning}});
    open_voice_model();
    engine_ = std::make_unique<media::Engine>(options_.media);
    if (const auto media = engine_->status(); media.datagrams == media::DatagramPath::Best)
      return base::fail(base::Error{"media", 1, "/media/datagrams: " + media.refused + "; set it to \"auto\", which uses the interface that works"});
    if (!options_.make_edges) options_.make_edges = [proxies = options_.proxies](auto& io) { return net::make_thread_edges(io, proxies); };
    threads_ = std::make_unique<CallThreads>(options_.conversation_threads, options_.make_edges);
    const auto awaited = SessionFactory::awaits_model(*agents_) ? awaited_from_now_on() : nullptr;  // Before a peer can send OPTIONS.
    options_.phone.is_loading = [count = models_awaited_] { return *count > 0; };
    consultations_ = std::make_unique<Consultations>(
        Consultations::Hooks{[this](const phone::CallPtr& caller, const std::string& target) { return dial_target(caller, target); },
                             [this](base::Duration delay, std::function<void()> task) { endpoint_->post_after(delay, std::move(task)); },
                             [this](const phone::CallPtr& caller, int status, std::string_view why) { on_transferred(caller, status, why, AfterTransfer::Stays); }},
        options_.transfer_ring);
    auto endpoint = phone::Endpoint::open(options_.phone, *engine_, [this](phone::PhoneEvent event) { on_phone(std::move(event)); });
    if (!endpoint) return base::fail(endpoint.error());
    endpoint_ = std::move(*endpoint);
    rehearse(agents_, awaited);
    endpoint_->post([this] {
      endpoint_->set_accepting(options_.accepts_calls);
      add_account(options_.account);
      for (const sip::AccountOptions& standby : options_.standby_accounts) add_account(standby);
    });
    return {};
  }

  void dial(std::string target, MachinePolicy machine) {
    endpoint_->post([this, target = std::move(target), machine] { dial_now(target, machine); });
  }

  void drain() {
    endpoint_->post([this] {
      if (draining_.exchange(true)) return;
      log::info("agent.draining", {{"calls", calls_.size()}});
      endpoint_->set_accepting(false);
      endpoint_->post_after(options_.drain_limit, [this] {
        consultations_->end_all();
        for (const auto& [id, call] : calls_) call->close("shutdown", {});
      });
      const auto farewell_at = options_.drain_limit - std::min<base::Duration>(options_.drain_limit / 2, std::chrono::seconds(8));
      endpoint_->post_after(farewell_at, [this] {
        for (const auto& [id, call] : calls_) call->shut_down();
      });
      unregister_if_idle();
    });
  }

  base::Result<void, base::Error> reload(std::shared_ptr<const AgentDirectory> agents, recordings::RecordingOptions recordings) {
    (void)is_set_up();  // Before the new dialogues count as not ready.
    recordings.enabled = records_calls(*agents);
    auto store = recordings::store_after_reload(this->recordings(), std::move(recordings));
    if (!store) return base::fail(store.error());
    if (auto adopted = factory_->adopt(*agents); !adopted) return adopted;
    {
      const std::lock_guard lock(shared_mutex_);
      recordings_ = std::move(*store);
    }
    // If the agent is ready, it stays ready, so that a reload does not make a dispatcher remove this instance. If models are still loading,
    // the agent becomes ready only after the new models too.
    rehearse(agents, *models_awaited_ > 0 && SessionFactory::awaits_model(*agents) ? awaited_from_now_on() : nullptr);
    endpoint_->post([this, agents = std::move(agents)]() mutable {
      const std::lock_guard lock(shared_mutex_);
      agents_.swap(agents);
    });
    return {};
  }

  std::shared_ptr<recordings::RecordingStore> recordings() const {
    const std::lock_guard lock(shared_mutex_);
    return recordings_;
  }

  void cut_calls() {
    endpoint_->post([this] {
      consultations_->end_all();
      for (const auto& [id, call] : calls_) call->close("shutdown", {});
    });
  }

  /// Returns true for ever after the first success, so that a reload with a new dialogue does not make a dispatcher remove this instance.
  bool is_set_up() const {
    if (!set_up_ && factory_->is_warm()) set_up_ = true;
    return set_up_;
  }

  Readiness readiness(const media::EngineStatus& media) const {
    const bool is_reached = registered_ || !options_.account.registers;
    const phone::Shortage shortage = phone::shortage_for_a_call();
    return {is_set_up(),          *models_awaited_ == 0, is_reached, draining_, !records_->is_losing(), media.takes_legs, shortage != phone::Shortage::Descriptors,
            shortage != phone::Shortage::Memory, is_served(), threads_->state(base::Clock::now()).answer()};
  }

  Health health() const {
    const auto media = engine_->status();
    const Readiness readiness = this->readiness(media);
    const std::string_view voice = media.voice_model             ? "silero"
                                   : options_.silero_folder.empty() ? "spectral"
                                   : options_.media.voice_model  ? "spectral: silero has failed"
                                                                 : "spectral: silero is absent";
    return {readiness.is_ready(), fmt::format(R"({{"ready":{},"not_ready":{},"registered":{},"registrations":{},"draining":{},"calls":{},"records":"{}",)"
                               R"("recordings":{{"state":"{}","calls":{}}},)"
                               R"("media":{{"datagrams":"{}","scheduling":"{}","workers":{},"load":{:.3f},"late":{:.3f},"takes_legs":{},"voice":"{}","voice_load":{:.3f}}},)"
                               R"("ticks":{{"count":{},"p50_ms":{:.3f},"p99_ms":{:.3f},"worst_ms":{:.3f}}}}})",
                               readiness.is_ready(), readiness.missing_json(), registered_.load(), shown_registrations(), draining_.load(), up_.load(), records_->state(),
                               recordings::to_string(recordings()->state()), recordings()->counters().active, media::to_string(media.datagrams),
                               media::to_string(media.scheduling), media.workers, media.load, media.late, media.takes_legs, voice, media.voice_load, media.ticks.ticks, to_ms(media.ticks.p50),
                               to_ms(media.ticks.p99), to_ms(media.ticks.worst))};
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

  LiveCalls::Statistics leg_statistics() const {
    return [this](media::LegId leg) { return engine_->statistics(leg); };
  }
  std::string live_calls() const { return live_.json(leg_statistics(), base::Clock::now()); }
  HealthReply pause_recording(const std::string& call, bool paused) const { return live_.pause_recording(call, paused); }
  std::string metrics() const {
    std::vector<media::QualityReport> reports;
    for (const auto& leg : live_.statistics(leg_statistics())) reports.push_back(media::report_of(leg));
    Figures now = figures_of(state());
    for (auto& figures : CallMetrics::live(reports)) now.push_back(std::move(figures));
    return metrics_.page(std::move(now));
  }

  AgentOptions options_;
  std::function<void(AgentEvent)> watch_;
  std::shared_ptr<SessionFactory> factory_;
  std::shared_ptr<const AgentDirectory> agents_;  // written on the signalling thread, under shared_mutex_
  std::unique_ptr<records::CallRecordStore> records_;
  std::unique_ptr<transcripts::TranscriptRegistry> transcripts_;
  std::shared_ptr<recordings::RecordingStore> recordings_;  // under shared_mutex_
  std::unique_ptr<media::Engine> engine_;
  std::unique_ptr<CallThreads> threads_;
  std::unique_ptr<phone::Endpoint> endpoint_;
  std::vector<phone::Account> accounts_;  // signalling thread; the first is options_.account
  std::unique_ptr<Consultations> consultations_;  // signalling thread
  mutable std::mutex shared_mutex_;  // protects the members that the health port's thread also reads
  Registrations registrations_;
  std::unordered_map<sip::SessionId, std::shared_ptr<AttendedCall>> calls_;  // signalling thread
  std::atomic<bool> registered_{false}, draining_{false}, drained_{false};
  mutable std::atomic<bool> set_up_{false};
  std::shared_ptr<std::atomic<unsigned>> models_awaited_ = std::make_shared<std::atomic<unsigned>>(0);
  std::atomic<std::size_t> up_{0};
  LiveCalls live_;
  Metrics metrics_;

 private:
  AgentState state() const {
    AgentState state;
    state.version = options_.version;
    state.media = engine_->status();
    state.readiness = readiness(state.media);
    state.threads = threads_->state(base::Clock::now());
    state.calls = up_;
    state.most_calls = options_.phone.max_calls;
    {
      const std::lock_guard lock(shared_mutex_);
      state.registrations = registrations_.all();
      state.registrations_up = registrations_.registered();
    }
    state.services = factory_->breakers().states(base::Clock::now());
    state.work = factory_->pool().counters();
    const auto recordings = this->recordings();
    state.recordings = recordings->counters();
    state.recording = recordings->state();
    return state;
  }

  /// Returns true when a provider serves the default agent. A different agent may still take its own calls when this one has no provider.
  bool is_served() const {
    const auto agents = [this] {
      const std::lock_guard lock(shared_mutex_);
      return agents_;
    }();
    return factory_->is_served(*agents->otherwise(), base::Clock::now());
  }

  void add_account(const sip::AccountOptions& options) {
    if (const auto account = endpoint_->add_account(options)) accounts_.push_back(*account);
  }

  /// Returns the first account that is registered. When none is registered, returns the first, because its failure then explains the failed call.
  phone::Account account_to_dial_with() const {
    const auto up = std::find_if(accounts_.begin(), accounts_.end(), [](const phone::Account& each) { return each.registered(); });
    if (up != accounts_.end()) return *up;
    return accounts_.empty() ? phone::Account() : accounts_.front();
  }

  std::string shown_registrations() const {
    const std::lock_guard lock(shared_mutex_);
    return registrations_.json();
  }

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

  void on_phone(phone::PhoneEvent event) {
    std::visit(Overloaded{
                   [&](phone::RegistrationChanged& e) { on_registration(e); },
                   [&](sip::StrangerRefused& e) { on_stranger(e); },
                   [&](phone::CallOffered& e) { on_offered(e); },
                   [&](phone::CallTurnedAway& e) { on_turned_away(e); },
                   [&](phone::CallRinging& e) { with_notes(e.call, [](records::CallNotes& notes) { notes.on_ringing(records::Moment::now()); }); },
                   [&](phone::CallConnected& e) { if (!consultations_->on_connected(e.call)) on_connected(e); },
                   [&](phone::CallMediaChanged& e) { on_media_changed(e); },
                   [&](phone::CallPeerChanged& e) { on_peer_changed(e); },
                   [&](phone::CallInfo& e) { on_info(e); },
                   [&](phone::CallTransferred& e) {
                     const bool is_blind = !consultations_->on_transferred(e.call);
                     on_transferred(e.call, e.status, "as the caller's side reports", is_blind && e.accepted ? AfterTransfer::MayBeGone : AfterTransfer::Stays);
                   },
                   [&](phone::CallTransferRequested& e) { on_transfer_requested(e.call); },
                   [&](phone::CallFinished& e) { if (!consultations_->on_finished(e.call, e.details)) on_finished(e); },
                   [](auto&) {},  // The agent subscribes to nothing, and neither sends nor reads messages.
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
  /// Ends the call's recording and conversation. The record is complete only after the last action of the conversation, so it is stored then.
  void conclude(AttendedCall& call) {
    if (const auto& recording = call.recording()) {
      recording->stop();
      if (recording->leaves_file(call.up_for() > base::Duration::zero())) call.notes()->on_recorded(recording->file(), recording->paused_for());
    }
    call.on_finished([this, notes = call.notes(), transcript = call.transcript()] {
      if (transcript) transcript->on_ended(notes->snapshot().ending.cause, records::Moment::now());
      records_->finish(*notes);
    });
  }
  static sip::CallEnded refused(int status) { return {{}, sip::CallEnded::By::Local, sip::CallEnded::Why::Rejected, status, {}}; }
  static sip::CallEnded cut_off() { return {{}, sip::CallEnded::By::Local, sip::CallEnded::Why::Bye, 0, {}}; }

  void on_registration(const phone::RegistrationChanged& event) {
    using State = sip::RegistrationChanged::State;
    const auto& d = event.details;
    bool all_ended = false, is_refresh = false;
    {
      const std::lock_guard lock(shared_mutex_);
      is_refresh = registrations_.is_refresh(d);
      registrations_.on_event(d);
      registered_ = registrations_.any_registered();
      all_ended = registrations_.all_ended();
    }
    if (is_refresh) {
      log::debug("registration.refreshed", {{"server", d.server}});
    } else if (d.state == State::Registered) {
      const std::string from = d.answered_by ? d.answered_by->to_string() : "";
      log::info("registration.up", {{"server", d.server}, {"from", from}, {"expires_s", std::chrono::duration_cast<std::chrono::seconds>(d.expires).count()}});
    } else if (d.state == State::Failed) {
      metrics_.on_registration_failed(d.why);
      const auto retry = d.retry_in ? std::chrono::duration_cast<std::chrono::seconds>(*d.retry_in).count() : -1;
      log::warning("registration.failed", {{"server", d.server}, {"why", words_for(d.why)}, {"status", d.status}, {"reason", d.reason}, {"retry_in_s", retry}});
    } else if (d.state == State::Unregistered) {
      log::info("registration.ended", {{"server", d.server}});
    }
    watch_(event);
    if (draining_ && calls_.empty() && all_ended) finish();
  }

  static void on_stranger(const sip::StrangerRefused& event) {
    log::warning("calls.refused", {{"source", event.source.to_string()}, {"status", 403}, {"so_far", event.so_far},
                                   {"advice", "Offhook accepts only calls from the registrar: set /sip/accept_from to \"anyone\" to accept all calls"}});
  }

  /// Waits for open transactions: a call that was hung up before its ACK still has to send its BYE (RFC 3261 section 15), and other
  /// requests wait for their responses.
  void finish() {
    if (endpoint_->unfinished() == 0) {
      drained_ = true;
    } else {
      endpoint_->post_after(kFinishPoll, [this] { finish(); });
    }
  }

  std::shared_ptr<AttendedCall> attend(phone::CallPtr call, CallContext context, std::shared_ptr<records::CallNotes> notes,
                                       const CallSetup& setup, CallThread& thread) {
    const std::string id = context.call_id;
    const AgentProfile& profile = *setup.profile;
    const auto texts = options_.agents ? std::optional(profile.transcripts) : std::nullopt;
    notes->on_agent(profile.name, texts);
    const auto transcript = transcripts_->begin({id, profile.name, profile.language}, texts.value_or(true));
    auto attended = std::make_shared<AttendedCall>(*endpoint_, thread.conversations(), std::move(call), std::move(context),
                                                   [this, id, notes, transcript, texts](const ConversationAction& what) {
                                                     CallLog(id).on_action(what, texts, options_.records.keep);
                                                     const auto now = records::Moment::now();
                                                     notes->on_action(what, now);
                                                     metrics_.conversations().on_action(what);
                                                     if (transcript) transcript->on_action(what, now);
                                                     watch_(CallLine{id, what});
                                                   });
    attended->port()->rate_hz = setup.port_rate_hz;
    attended->port()->hangover = hangover_frames(profile);
    attended->port()->listener = options_.listener;
    attended->port()->leaves_out_silence = options_.leaves_out_silence;
    attended->port()->music = profile.hold_music;
    if (profile.recordings)
      attended->set_recording(recordings()->begin(id, recording_rate_hz(profile), std::chrono::system_clock::now()));
    attended->set_transfer([this](const phone::CallPtr& caller, const std::string& target) { return transfer(caller, target); });
    attended->set_notes(std::move(notes));
    attended->set_transcript(transcript);
    return attended;
  }

  void begin(AttendedCall& call, CallSetup setup, CallThread& thread) {
    setup.recording = call.recording();
    const auto codec = call.call()->codec().value_or(setup.profile->codecs.empty() ? media::AudioCodec::Pcmu : setup.profile->codecs.front());
    call.begin(prepare(
        factory_, std::move(setup), codec, thread,
        [this, log = call.log()](const tools::ToolEvent& event) {
          metrics_.conversations().on_tool(event);
          log.tool(event);
        },
        [log = call.log()](const std::string& trouble) { log.context(trouble); },
        [this, notes = call.notes()](const ServiceUse& use) {
          notes->on_use(use);
          metrics_.conversations().on_use(use);
        },
        [this, observe = call.observer()](const ServiceFailure& failure) {
          metrics_.conversations().on_provider_failed(failure.service, failure.kind);
          if (failure.instead.empty()) observe(TryAgain{failure.stage, failure.service + ": " + failure.why});
          else observe(ProviderSwitched{failure.stage, failure.service, failure.instead, failure.why});
        }));
  }

  void on_turned_away(const phone::CallTurnedAway& event) {
    auto record = records::begun(event.details, options_.account.address_of_record);
    CallLog(record.id).turned_away(event.details, event.status);
    metrics_.calls().on_caller(event.details.identity);
    metrics_.calls().on_ended(false, outcome_of(refused(event.status), false), {}, {});
    records_->turned_away(std::move(record), refused(event.status));
  }

  void on_offered(phone::CallOffered& event) {
    const auto& d = event.details;
    auto record = records::begun(d, options_.account.address_of_record);
    record.local_tag = event.call->leg_name().local_tag;
    const std::string id = record.id;
    CallLog(id).offered(d);
    metrics_.calls().on_caller(d.identity);
    CallThread& thread = threads_->for_new_call(base::Clock::now());
    CallSetup setup = set_up(*agents_, d);
    setup.port_rate_hz = SessionFactory::port_rate_hz(*setup.profile, event.call->codec_among(setup.profile->codecs));
    const auto call = attend(event.call, {id, d.from.uri, d.from.display, d.to.uri, now_rfc3339()}, records_->notes(std::move(record)), setup, thread);
    call->port()->progress_detector = std::make_shared<media::CallProgressDetector>(options_.hang_up_tone, media::LineSigns::Caller);
    records_->announce(*call->notes());
    const auto account = std::find_if(accounts_.begin(), accounts_.end(), [&d](const phone::Account& each) { return d.account == each.id(); });
    if (account != accounts_.end()) call->set_account(*account);
    call->set_person(setup.facts.caller);
    track(call);  // Before prepare(): a call that prepare() refuses then reports its end like other calls.
    auto prepared = event.call->prepare(call->port(), setup.profile->codecs);
    if (!prepared) return call->log().refused(prepared.error().detail);
    call->set_prepared(std::move(*prepared));
    watch_(CallStarted{id, d.from.uri, d.to.uri, false});
    if (const auto rings = event.call->ring()) call->notes()->on_ringing(records::Moment::now());
    else call->log().ring_failed(rings.error().detail);
    begin(*call, std::move(setup), thread);
  }

  void dial_now(const std::string& target, MachinePolicy machine) {
    auto record = records::begun(target, options_.account.address_of_record);
    const std::string id = record.id;
    const auto notes = records_->notes(std::move(record));
    CallThread& thread = threads_->for_new_call(base::Clock::now());
    CallSetup setup = set_up(*agents_, options_.account.address_of_record, target);
    setup.machine = machine;
    setup.port_rate_hz = SessionFactory::port_rate_hz(*setup.profile, {});
    const auto call = attend(nullptr, {id, target, {}, target, now_rfc3339()}, notes, setup, thread);
    if (options_.country || machine != MachinePolicy::Ignore) call->port()->progress_detector = std::make_shared<media::CallProgressDetector>(options_.country);
    using Dialled = base::Result<phone::CallPtr, base::Error>;
    auto dialled = draining_ ? Dialled(base::fail(base::Error{"agent", 1, "cannot dial: the agent is stopping, and starts no new calls"}))
                             : endpoint_->dial({account_to_dial_with(), target, {}, true, setup.profile->codecs}, call->port());
    if (!dialled) {
      call->log().not_dialled(target, dialled.error());
      CallOver over;
      over.call_id = id;
      over.details.by = sip::CallEnded::By::Local;
      over.details.why = sip::CallEnded::Why::Unreachable;
      over.why = dialled.error().detail;
      notes->on_ended(over.details, over.why, {}, records::Moment::now());
      metrics_.calls().on_ended(true, CallOutcome::Unreachable, {}, {});
      records_->finish(*notes);
      watch_(std::move(over));
      return;
    }
    call->set_call(*dialled);
    call->set_person(user_of(target));
    call->log().dialled(target, (*dialled)->leg_name().call_id);
    notes->on_dialled((*dialled)->leg_name().call_id, (*dialled)->leg_name().local_tag);
    records_->announce(*notes);
    track(call);
    watch_(CallStarted{id, options_.account.address_of_record, target, true});
    begin(*call, std::move(setup), thread);
  }

  void track(const std::shared_ptr<AttendedCall>& call) {
    calls_.emplace(call->call()->id(), call);
    up_ = calls_.size();
  }

  void on_connected(const phone::CallConnected& event) {
    const auto call = find(event.call);
    if (!call) return;
    const auto codec = event.call->codec().value_or(media::AudioCodec::Pcmu);
    const auto record = call->notes()->snapshot();
    call->log().up(phone::to_string(codec), record.service);
    const auto now = records::Moment::now();
    call->notes()->on_answered(codec, phone::to_string(codec), now);
    if (call->transcript()) call->transcript()->on_answered(now);
    if (const auto leg = event.call->media_leg()) {
      live_.add({call->context().call_id, record.sip_call_id, event.call->outgoing(), std::string(phone::to_string(codec)), base::Clock::now(), *leg, call->recording()});
    }
    watch_(CallUp{call->context().call_id, codec});
    call->on_connected(!record.service.name.empty());
    if (!event.sends) call->on_peer_hold(true);
  }

  void on_media_changed(const phone::CallMediaChanged& event) {
    const auto call = find(event.call);
    if (!call) return;
    call->log().media_changed(event.sends, event.receives);
    call->on_peer_hold(!event.sends);
  }

  void on_peer_changed(const phone::CallPeerChanged& event) {
    const auto call = find(event.call);
    const sip::Party& person = person_of(event.details);
    if (!call || !call->on_person(person)) return;
    call->log().other_caller(person, event.details.asserted.has_value());
    call->notes()->on_other(records::kept_party(person), records::Moment::now());
  }

  void on_info(const phone::CallInfo& event) {
    const auto call = find(event.call);
    if (call && event.details.digit) call->on_key(event.details.digit->digit);
  }

  /// Transfers with a consultation where possible. Otherwise, for example at the limit of calls, asks the caller's side to call the target.
  base::Result<void, base::Error> transfer(const phone::CallPtr& caller, const std::string& target) {
    const auto call = find(caller);
    if (options_.attended_transfers && caller->state() == phone::Call::State::Connected && caller->peer_replaces()) {
      const auto begun = consultations_->begin(caller, target);
      if (call && begun) call->log().consults(target);
      if (call && !begun) call->log().consult_failed(target, begun.error().detail);
      if (begun) return {};
    }
    return caller->transfer(target);
  }

  /// Dials the target of a transfer. A plain number becomes an address at the registrar.
  base::Result<phone::CallPtr, base::Error> dial_target(const phone::CallPtr& caller, const std::string& target) {
    const std::string_view ours = options_.account.address_of_record;
    auto port = std::make_shared<media::AudioPort>();
    if (options_.country) port->progress_detector = std::make_shared<media::CallProgressDetector>(options_.country);  // A busy tone ends this call too.
    const auto call = find(caller);
    return endpoint_->dial({call && call->account() ? call->account() : account_to_dial_with(), phone::target_at(target, ours.substr(ours.find('@') + 1)), {}, true}, std::move(port));
  }

  /// Declines the transfer, because the agent never dials at a caller's request.
  void on_transfer_requested(const phone::CallPtr& caller) {
    if (const auto call = find(caller)) call->log().transfer_declined();
    (void)caller->decline_transfer();
  }

  /// `why` and `after` describe a failure.
  void on_transferred(const phone::CallPtr& caller, int status, std::string_view why, AfterTransfer after) {
    const auto call = find(caller);
    if (!call) return;
    call->log().transferred(status, why);
    call->notes()->on_transferred(status);
    if (status >= 200 && status < 300) call->on_transferred();
    else call->on_transfer_failed(after);
  }

  void on_finished(phone::CallFinished& event) {
    const auto call = find(event.call);
    if (!call) return;
    consultations_->on_caller_finished(event.call);
    calls_.erase(event.call->id());
    up_ = calls_.size();
    live_.remove(call->context().call_id);
    const bool was_up = call->up_for() > base::Duration::zero();
    if (event.media && was_up) metrics_.calls().on_finished(media::report_of(*event.media));
    CallOver over{call->context().call_id, event.details, call->hang_up_why(),
                  std::chrono::duration_cast<std::chrono::milliseconds>(call->up_for()), event.media};
    call->notes()->on_ended(event.details, over.why, event.media, records::Moment::now());
    call->log().over(event.details, over.why, call->notes()->snapshot().ending.cause, over.duration, event.media.value_or(media::LegStatistics{}));
    metrics_.calls().on_ended(event.call->outgoing(), outcome_of(event.details, was_up), std::chrono::milliseconds(call->notes()->snapshot().setup_ms), over.duration);
    conclude(*call);
    watch_(std::move(over));
    if (draining_) unregister_if_idle();
  }

  void unregister_if_idle() {
    if (!calls_.empty()) return;
    consultations_->end_all();
    if (!options_.account.registers) return finish();
    for (phone::Account& account : accounts_) (void)account.unregister();
  }
};

base::Result<std::unique_ptr<Agent>, base::Error> Agent::start(AgentOptions options, std::function<void(AgentEvent)> watch) {
  try {  // Threads, and the queues of Asio that they run, report by exceptions what the system refuses.
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
void Agent::drain() { impl_->drain(); }
bool Agent::drained() const { return impl_->drained_; }
base::Result<void, base::Error> Agent::reload(std::shared_ptr<const AgentDirectory> agents, recordings::RecordingOptions recordings) {
  return impl_->reload(std::move(agents), std::move(recordings));
}
void Agent::cut_calls() { impl_->cut_calls(); }
void Agent::ping(std::function<void()> answer) { impl_->endpoint_->post(std::move(answer)); }
Health Agent::health() const { return impl_->health(); }
std::string Agent::live_calls() const { return impl_->live_calls(); }
std::string Agent::metrics() const { return impl_->metrics(); }
HealthReply Agent::pause_recording(const std::string& call, bool paused) { return impl_->pause_recording(call, paused); }
std::uint16_t Agent::sip_port() const { return impl_->endpoint_->sip_port(); }
std::size_t Agent::calls() const { return impl_->up_; }
bool Agent::is_warm() const { return impl_->factory_->is_warm(); }

}  // namespace offhook::inline v0::agent
