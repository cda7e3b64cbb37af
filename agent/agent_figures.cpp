#include <offhook/agent/agent_figures.hpp>

#include <offhook/agent/ops/process_figures.hpp>

#include <chrono>
#include <iterator>

namespace offhook::inline v0::agent {

namespace {

double number(auto value) { return static_cast<double>(value); }
double seconds(base::Duration time) { return std::chrono::duration<double>(time).count(); }

void add(Figures& all, Figures more) { std::move(more.begin(), more.end(), std::back_inserter(all)); }

Figures figures_of(const media::EngineStatus& media) {
  return {gauge("offhook_media_load", "Share of a core that the busiest thread of audio takes.", media.load),
          gauge("offhook_media_late_ratio", "Share of the last second's audio work that was over 2 ms late, of the worst worker.", media.late),
          gauge("offhook_media_workers", "Threads that carry audio.", number(media.workers)),
          count("offhook_media_ticks_total", "Ticks of 20 ms of the threads of audio: each is the work for all calls of one thread.", number(media.ticks.ticks)),
          count("offhook_media_phases_left_out_total", "Twentieths of ticks of audio that were over 200 ms late, and not done.", number(media.phases_left_out)),
          gauges("offhook_media_lateness_seconds", "How long after their time ticks of audio were done, since the start, by rank.",
                 {{{{"rank", "median"}}, seconds(media.ticks.p50)}, {{{"rank", "p99"}}, seconds(media.ticks.p99)},
                  {{{"rank", "worst"}}, seconds(media.ticks.worst)}}),
          gauge("offhook_voice_model_load", "Share of a core that the thread of the voice model takes.", media.voice_load)};
}

Figures figures_of(const CallThreads::State& threads) {
  return {gauge("offhook_conversation_threads", "Threads that hold the conversations.", number(threads.threads)),
          gauge("offhook_conversation_threads_stalled", "Conversation threads that have not answered for 2 seconds: their calls wait, and new calls go to the others.", number(threads.stalled))};
}

Figures figures_of(const WorkPool::Counters& work) {
  return {count("offhook_work_done_total", "Jobs of the work pool: recognition, synthesis, files.", number(work.done)),
          count("offhook_work_refused_total", "Jobs that the work pool had no room for.", number(work.refused)),
          count("offhook_work_failed_total", "Jobs of the work pool that ended in an exception: a bug of ours.", number(work.threw)),
          gauge("offhook_work_waiting", "Jobs of the work pool that wait or run.", number(work.waiting))};
}

/// The label has few values: names come from the configuration, and Breakers stores at most kMaxNames of them.
prometheus::MetricFamily open_services(const std::vector<std::pair<std::string, bool>>& services) {
  LabelledValues values;
  for (const auto& [name, open] : services) values.emplace_back(prometheus::Labels{{"service", name}}, open ? 1 : 0);
  return gauges("offhook_provider_open", "1 while a provider's service is not asked, because it failed.", values);
}

}  // namespace

Figures figures_of(const AgentState& state) {
  Figures all{gauges("offhook_build_info", "1, with the version of the program that runs.", {{{{"version", state.version}}, 1}}),
              gauge("offhook_ready", "1 while calls should be sent here: what /readyz says.", state.readiness.is_ready() ? 1 : 0),
              gauge("offhook_draining", "1 while running calls end and no new ones are taken.", state.readiness.draining ? 1 : 0),
              gauge("offhook_records_kept", "0 while records of calls are lost for want of a disk.", state.readiness.records_kept ? 1 : 0),
              gauge("offhook_calls_in_progress", "Calls that are not over, ringing ones included.", number(state.calls)),
              gauge("offhook_calls_limit", "Calls that are taken at once, at most.", number(state.most_calls)),
              gauge("offhook_registrations", "Registrations that are wanted.", number(state.registrations)),
              gauge("offhook_registrations_up", "Registrations that are currently active.", number(state.registrations_up)),
              open_services(state.services)};
  add(all, process_figures());
  add(all, figures_of(state.media));
  add(all, figures_of(state.threads));
  add(all, figures_of(state.work));
  add(all, recordings::figures_of(state.recordings, state.recording));
  return all;
}

}  // namespace offhook::inline v0::agent
