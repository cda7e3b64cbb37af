#include <offhook/agent/app/agent_calls.hpp>

#include <offhook/agent/call/codec_name.hpp>
#include <offhook/agent/records/call_events.hpp>
#include <offhook/agent/sessions/conversation_options.hpp>
#include <offhook/media/detect/call_progress_detector.hpp>

#include <fmt/chrono.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <utility>
#include <variant>

namespace offhook::inline v0::agent {

namespace {

using records::Moment;

std::string now_rfc3339() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

/// Returns the highest sample rate that the profile's calls can have. The result is at least 8 kHz, because each call may use G.711.
std::uint32_t recording_rate_hz(const AgentProfile& profile) {
  std::uint32_t most = 8000;
  for (const auto codec : profile.codecs) most = std::max(most, codec == media::AudioCodec::Opus ? 16000U : media::sample_rate_hz(codec));
  return most;
}

}  // namespace

AgentCalls::AgentCalls(CallServices services, call::Network& network, std::function<void()> on_end)
    : services_(std::move(services)),
      network_(network),
      on_end_(std::move(on_end)),
      consultations_({[this](const call::LegPtr& caller, const std::string& target) { return dial_target(caller, target); },
                      [this](base::Duration delay, std::function<void()> task) { network_.post_after(delay, std::move(task)); },
                      [this](const call::LegPtr& caller, const std::string& status, std::string_view why) {
                        on_transfer_ended({caller, false, status}, why, AfterTransfer::Stays);
                      }},
                     services_.options.transfer_ring) {}

void AgentCalls::cut_off() {
  for (const auto& [leg, call] : calls_) {
    call->reports().notes->on_ended({call::Ended::By::Us, call::Ended::Cause::HungUp, {}, {}, "shutdown"}, {}, Moment::now());
    conclude(*call);  // End the parts of each call now, because they wake a thread that is freed soon.
  }
}

void AgentCalls::shut_down() {
  for (const auto& [leg, call] : calls_) call->conversation().shut_down();
}

void AgentCalls::close() {
  consultations_.end_all();
  for (const auto& [leg, call] : calls_) call->close("shutdown", {});
}

std::shared_ptr<AttendedCall> AgentCalls::find(const call::LegPtr& leg) const {
  const auto it = calls_.find(leg);
  return it == calls_.end() ? nullptr : it->second;
}

void AgentCalls::on_event(call::Event event) {
  std::visit([this](const auto& each) { on(each); }, event);
}

// --- a call begins ------------------------------------------------------------------------------------------------------------

std::shared_ptr<AttendedCall> AgentCalls::attend(CallContext context, const std::shared_ptr<records::CallNotes>& notes, CallSetup& setup, CallThread& thread) {
  const std::string id = context.call_id;
  const AgentOptions& options = services_.options;
  const AgentProfile& profile = *setup.profile;
  const auto texts = options.agents ? std::optional(profile.transcripts) : std::nullopt;
  notes->on_agent(profile.name, texts);
  if (profile.recordings) setup.recording = services_.recordings()->begin(id, recording_rate_hz(profile), std::chrono::system_clock::now());
  CallReports reports{CallLog(id), notes, services_.transcripts.begin({id, profile.name, profile.language}, texts.value_or(true)), setup.recording};
  const auto observer = [this, id, reports, texts](const ConversationAction& what) {
    reports.log.on_action(what, texts, services_.options.records.keep);
    const auto now = Moment::now();
    reports.notes->on_action(what, now);
    services_.metrics.conversations().on_action(what);
    if (reports.transcript) reports.transcript->on_action(what, now);
    services_.watch(CallLine{id, what});
  };
  const auto transfers = [this](const call::LegPtr& caller, const std::string& target) { return transfer(caller, target); };
  const auto call = AttendedCall::make({network_, thread.conversations(), std::move(context), std::move(reports), observer, transfers});
  call->port()->rate_hz = setup.port_rate_hz;
  call->port()->hangover = hangover_frames(profile);
  call->port()->listener = options.listener;
  call->port()->leaves_out_silence = options.leaves_out_silence;
  call->port()->music = profile.hold_music;
  return call;
}

void AgentCalls::begin(AttendedCall& call, CallSetup setup, CallThread& thread) {
  const CallReports& reports = call.reports();
  Metrics& metrics = services_.metrics;
  const auto codec = call.leg()->codec().value_or(setup.profile->codecs.empty() ? media::AudioCodec::Pcmu : setup.profile->codecs.front());
  call.conversation().begin(prepare(
      services_.factory, std::move(setup), codec, thread,
      [&metrics, log = reports.log](const tools::ToolEvent& event) {
        metrics.conversations().on_tool(event);
        log.tool(event);
      },
      [log = reports.log](const std::string& trouble) { log.context(trouble); },
      [&metrics, notes = reports.notes](const ServiceUse& use) {
        notes->on_use(use);
        metrics.conversations().on_use(use);
      },
      [&metrics, observe = call.conversation().observer()](const ServiceFailure& failure) {
        metrics.conversations().on_provider_failed(failure.service, failure.kind);
        if (failure.instead.empty()) observe(TryAgain{failure.stage, failure.service + ": " + failure.why});
        else observe(ProviderSwitched{failure.stage, failure.service, failure.instead, failure.why});
      }));
}

void AgentCalls::track(const std::shared_ptr<AttendedCall>& call) {
  calls_.emplace(call->leg(), call);
  count_ = calls_.size();
}

void AgentCalls::note_name(const AttendedCall& call) {
  if (!call.leg()->outgoing()) return;
  const call::LegName name = call.leg()->name();
  call.reports().notes->on_dialled(name.call, name.tag);
}

void AgentCalls::on(const call::TurnedAway& event) {
  auto record = records::begun(event.details, services_.options.account.address_of_record);
  CallLog(record.id).turned_away(event.details, event.how.status);
  services_.metrics.calls().on_caller(event.details.check);
  services_.metrics.calls().on_ended(false, outcome_of(event.how, false), {}, {});
  services_.records.turned_away(std::move(record), event.how);
}

void AgentCalls::on(const call::Offered& event) {
  const auto& [leg, d] = event;
  auto record = records::begun(d, services_.options.account.address_of_record);
  const std::string id = record.id;
  CallLog(id).offered(d);
  services_.metrics.calls().on_caller(d.check);
  CallThread& thread = services_.threads.for_new_call(base::Clock::now());
  CallSetup setup = set_up(*services_.agents(), d);
  const auto codecs = setup.profile->codecs;
  setup.port_rate_hz = SessionFactory::port_rate_hz(*setup.profile, leg->codec_among(codecs));
  const auto call = attend({id, d.from.address, d.from.name, d.to.address, now_rfc3339()}, services_.records.notes(std::move(record)), setup, thread);
  call->port()->progress_detector = std::make_shared<media::CallProgressDetector>(services_.options.hang_up_tone, media::LineSigns::Caller);
  services_.records.announce(*call->reports().notes);
  call->set_leg(leg);
  call->set_person(setup.facts.caller);
  track(call);  // Before prepare(): a call that prepare() refuses then reports its end like other calls.
  preparing_.emplace(leg, Preparing{std::move(setup), thread, {id, d.from.address, d.to.address, false}});
  if (const auto prepares = leg->prepare(call->port(), codecs); !prepares) call->reports().log.refused(prepares.error().detail);
}

void AgentCalls::on(const call::Prepared& event) {
  const auto call = find(event.leg);
  auto preparing = preparing_.extract(event.leg);
  if (!call || !preparing) return;
  if (!event.media) return call->reports().log.refused(event.media.error().detail);
  services_.watch(std::move(preparing.mapped().started));
  if (const auto rings = event.leg->ring()) call->reports().notes->on_ringing(Moment::now());
  else call->reports().log.ring_failed(rings.error().detail);
  begin(*call, std::move(preparing.mapped().setup), preparing.mapped().thread);
}

void AgentCalls::dial(const std::string& target, MachinePolicy machine) {
  const AgentOptions& options = services_.options;
  const std::string& own = options.account.address_of_record;
  auto record = records::begun(target, own);
  const std::string id = record.id;
  CallThread& thread = services_.threads.for_new_call(base::Clock::now());
  CallSetup setup = set_up(*services_.agents(), network_.party(own), network_.party(target));
  setup.machine = machine;
  setup.port_rate_hz = SessionFactory::port_rate_hz(*setup.profile, {});
  const auto call = attend({id, target, {}, target, now_rfc3339()}, services_.records.notes(std::move(record)), setup, thread);
  if (options.country || machine != MachinePolicy::Ignore) call->port()->progress_detector = std::make_shared<media::CallProgressDetector>(options.country);
  if (services_.draining) return not_dialled(*call, target, {"agent", 1, "cannot dial: the agent is stopping, and starts no new calls"});
  const auto leg = network_.dial({target, setup.profile->codecs}, call->port());
  if (!leg) return not_dialled(*call, target, leg.error());
  call->set_leg(*leg);
  call->set_person(setup.facts.called);
  call->reports().log.dialled(target, (*leg)->name().call);
  note_name(*call);
  services_.records.announce(*call->reports().notes);
  track(call);
  services_.watch(CallStarted{id, own, target, true});
  begin(*call, std::move(setup), thread);
}

void AgentCalls::not_dialled(const AttendedCall& call, const std::string& target, const base::Error& why) {
  call.reports().log.not_dialled(target, why);
  CallOver over{call.id(), {call::Ended::By::Us, call::Ended::Cause::Unreachable, {}, {}, why.detail}, {}, {}};
  call.reports().notes->on_ended(over.how, {}, Moment::now());
  services_.metrics.calls().on_ended(true, CallOutcome::Unreachable, {}, {});
  services_.records.finish(*call.reports().notes);
  services_.watch(std::move(over));
}

void AgentCalls::send_text(const std::string& call_id, std::string text, std::string type) {
  const auto found = std::find_if(calls_.begin(), calls_.end(), [&](const auto& entry) { return entry.second->id() == call_id; });
  if (found != calls_.end()) (void)found->first->send_text(std::move(text), std::move(type));
}

// --- a call is up -------------------------------------------------------------------------------------------------------------

void AgentCalls::on(const call::Ringing& event) {
  if (const auto call = find(event.leg)) call->reports().notes->on_ringing(Moment::now());
}

void AgentCalls::on(const call::Connected& event) {
  if (consultations_.on_connected(event.leg)) return;
  const auto call = find(event.leg);
  if (!call) return;
  const CallReports& reports = call->reports();
  const auto codec = event.leg->codec().value_or(media::AudioCodec::Pcmu);
  note_name(*call);
  const auto record = reports.notes->snapshot();
  reports.log.up(call::name_of(codec), event.leg->encryption(), record.service);
  const auto now = Moment::now();
  reports.notes->on_answered(codec, call::name_of(codec), event.leg->encryption(), now);
  if (reports.transcript) reports.transcript->on_answered(now);
  if (const auto leg = event.leg->media_leg()) {
    live_.add({call->id(), record.sip_call_id, event.leg->outgoing(), std::string(call::name_of(codec)), base::Clock::now(), *leg, reports.recording});
  }
  services_.watch(CallUp{call->id(), codec});
  call->on_connected(!record.service.name.empty());
  if (!event.sends) call->conversation().on_peer_hold(true);
}

void AgentCalls::on(const call::MediaChanged& event) {
  const auto call = find(event.leg);
  if (!call) return;
  call->reports().log.media_changed(event.sends, event.receives);
  call->conversation().on_peer_hold(!event.sends);
}

void AgentCalls::on(const call::PartyChanged& event) {
  const auto call = find(event.leg);
  if (!call || !call->on_person(event.party)) return;
  call->reports().log.other_caller(event.party, event.asserted);
  call->reports().notes->on_other(records::kept_party(event.party), Moment::now());
}

void AgentCalls::on(const call::KeyPressed& event) {
  if (const auto call = find(event.leg)) call->conversation().on_key(event.key);
}

// --- transfers ----------------------------------------------------------------------------------------------------------------

/// Transfers with a consultation where possible. Otherwise, for example at the limit of calls, asks the caller's side to call the target.
base::Result<void, base::Error> AgentCalls::transfer(const call::LegPtr& caller, const std::string& target) {
  if (services_.options.attended_transfers && caller->can_transfer_to()) {
    const auto begun = consultations_.begin(caller, target);
    if (const auto call = find(caller); call && begun) call->reports().log.consults(target);
    else if (call) call->reports().log.consult_failed(target, begun.error().detail);
    if (begun) return {};
  }
  return caller->transfer(target);
}

base::Result<call::LegPtr, base::Error> AgentCalls::dial_target(const call::LegPtr& caller, const std::string& target) {
  auto port = std::make_shared<media::AudioPort>();
  const auto& country = services_.options.country;
  if (country) port->progress_detector = std::make_shared<media::CallProgressDetector>(country);  // A busy tone ends the call to the target.
  return network_.dial({target, {}, caller}, std::move(port));
}

/// Declines the transfer, because the agent never dials at a caller's request.
void AgentCalls::on(const call::TransferRequested& event) {
  if (const auto call = find(event.leg)) call->reports().log.transfer_declined();
  (void)event.leg->decline_transfer();
}

void AgentCalls::on(const call::Transferred& event) {
  const bool is_blind = !consultations_.on_transferred(event.leg);
  on_transfer_ended(event, "as the caller's side reports", is_blind && event.begun ? AfterTransfer::MayBeGone : AfterTransfer::Stays);
}

/// `why` and `after` describe the failure; they are unused if the target was reached.
void AgentCalls::on_transfer_ended(const call::Transferred& outcome, std::string_view why, AfterTransfer after) {
  const auto call = find(outcome.leg);
  if (!call) return;
  call->reports().log.transferred(outcome.reached, outcome.status, why);
  call->reports().notes->on_transferred(outcome.status);
  if (outcome.reached) call->on_transferred();
  else call->conversation().on_transfer_failed(after);
}

// --- a call ends --------------------------------------------------------------------------------------------------------------

void AgentCalls::on(const call::Finished& event) {
  if (consultations_.on_finished(event.leg, event.how)) return;
  const auto call = find(event.leg);
  if (!call) return;
  consultations_.on_caller_finished(event.leg);
  preparing_.erase(event.leg);
  calls_.erase(event.leg);
  count_ = calls_.size();
  live_.remove(call->id());
  const bool was_up = call->up_for() > base::Duration::zero();
  CallMetrics& metrics = services_.metrics.calls();
  if (event.media && was_up) metrics.on_finished(media::report_of(*event.media));
  CallOver over{call->id(), event.how, std::chrono::duration_cast<std::chrono::milliseconds>(call->up_for()), event.media};
  records::CallNotes& notes = *call->reports().notes;
  note_name(*call);
  if (was_up) notes.on_media(event.leg->encryption(), event.leg->path());
  notes.on_ended(over.how, over.media, Moment::now());
  const auto record = notes.snapshot();
  call->reports().log.over(over.how, record.ending.cause, over.duration, over.media.value_or(media::LegStatistics{}));
  metrics.on_ended(event.leg->outgoing(), outcome_of(over.how, was_up), std::chrono::milliseconds(record.setup_ms), over.duration);
  conclude(*call);
  services_.watch(std::move(over));
  on_end_();
}

/// Ends the call's recording and conversation. Stores the record after the last action of the conversation, because the record is complete
/// only then.
void AgentCalls::conclude(AttendedCall& call) {
  const CallReports& reports = call.reports();
  if (const auto& recording = reports.recording) {
    recording->stop();
    if (recording->leaves_file(call.up_for() > base::Duration::zero())) reports.notes->on_recorded(recording->file(), recording->paused_for());
  }
  call.conversation().end([this, notes = reports.notes, transcript = reports.transcript] {
    if (transcript) transcript->on_ended(notes->snapshot().ending.cause, Moment::now());
    services_.records.finish(*notes);
  });
}

}  // namespace offhook::inline v0::agent
