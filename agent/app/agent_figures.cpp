#include <offhook/agent/app/agent_figures.hpp>

#include <offhook/agent/ops/process_figures.hpp>

#include <fmt/format.h>

#include <chrono>
#include <iterator>

namespace offhook::inline v0::agent {

namespace {

double number(auto value) { return static_cast<double>(value); }
double to_ms(base::Duration time) { return std::chrono::duration<double, std::milli>(time).count(); }
double seconds(base::Duration time) { return std::chrono::duration<double>(time).count(); }

void add(Figures& all, Figures more) { std::move(more.begin(), more.end(), std::back_inserter(all)); }

Figures figures_of(const media::EngineStatus& media) {
  return {gauge("offhook_media_load", "Share of one processor core that the busiest audio thread uses; 1 is a whole core.", media.load),
          gauge("offhook_media_late_ratio", "Share of the audio work of the last second that was more than 2 ms late, from 0 to 1, of the audio thread with the highest share.", media.late),
          gauge("offhook_media_workers", "Number of audio threads.", number(media.workers)),
          count("offhook_media_ticks_total", "Ticks of 20 ms that the audio threads processed. In one tick, a thread processes the audio of all its calls.", number(media.ticks.ticks)),
          count("offhook_media_phases_left_out_total", "Twentieths of a 20 ms tick that the audio threads omitted, because they were more than 200 ms late.", number(media.phases_left_out)),
          gauges("offhook_media_lateness_seconds", "Delay with which the audio threads finished 20 ms ticks since the start, in seconds: median, 99th percentile and maximum.",
                 {{{{"rank", "median"}}, seconds(media.ticks.p50)}, {{{"rank", "p99"}}, seconds(media.ticks.p99)},
                  {{{"rank", "worst"}}, seconds(media.ticks.worst)}}),
          gauge("offhook_voice_model_load", "Share of one processor core that the thread of the voice model uses; 1 is a whole core.", media.voice_load)};
}

Figures figures_of(const CallThreads::State& threads) {
  return {gauge("offhook_conversation_threads", "Number of threads that hold conversations.", number(threads.threads)),
          gauge("offhook_conversation_threads_stalled", "Conversation threads that have not answered for 2 seconds. Their calls wait, and new calls go to the other threads.", number(threads.stalled))};
}

Figures figures_of(const WorkPool::Counters& work) {
  return {count("offhook_work_done_total", "Jobs that the work pool has finished: speech recognition, speech synthesis and files.", number(work.done)),
          count("offhook_work_refused_total", "Jobs that the work pool refused, because its queue was full.", number(work.refused)),
          count("offhook_work_failed_total", "Jobs of the work pool that ended with an exception, which is a defect of Offhook.", number(work.threw)),
          gauge("offhook_work_waiting", "Jobs of the work pool that are waiting or running.", number(work.waiting))};
}

/// The label has few values: names come from the configuration, and Breakers stores at most kMaxNames of them.
prometheus::MetricFamily open_services(const std::vector<std::pair<std::string, bool>>& services) {
  LabelledValues values;
  for (const auto& [name, open] : services) values.emplace_back(prometheus::Labels{{"service", name}}, open ? 1 : 0);
  return gauges("offhook_provider_open", "1 while Offhook does not use the provider's service, because it failed; otherwise 0.", values);
}

}  // namespace

Health health_of(const AgentState& state) {
  const media::EngineStatus& media = state.media;
  const Readiness& readiness = state.readiness;
  return {readiness.is_ready(), fmt::format(R"({{"ready":{},"not_ready":{},"registered":{},"registrations":{},"draining":{},"calls":{},"records":"{}",)"
                                            R"("recordings":{{"state":"{}","calls":{}}},)"
                                            R"("media":{{"datagrams":"{}","scheduling":"{}","workers":{},"load":{:.3f},"late":{:.3f},"takes_legs":{},"voice":"{}","voice_load":{:.3f}}},)"
                                            R"("ticks":{{"count":{},"p50_ms":{:.3f},"p99_ms":{:.3f},"worst_ms":{:.3f}}}}})",
                                            readiness.is_ready(), readiness.missing_json(), state.registrations_up > 0, state.registrations_json, readiness.draining, state.calls, state.records,
                                            recordings::to_string(state.recording), state.recordings.active, media::to_string(media.datagrams), media::to_string(media.scheduling), media.workers,
                                            media.load, media.late, media.takes_legs, state.voice, media.voice_load, media.ticks.ticks, to_ms(media.ticks.p50), to_ms(media.ticks.p99),
                                            to_ms(media.ticks.worst))};
}

Figures figures_of(const AgentState& state) {
  Figures all{gauges("offhook_build_info", "Always 1. The label version is the version of the running program.", {{{{"version", state.version}}, 1}}),
              gauge("offhook_ready", "1 while this instance can take calls, as /readyz reports; otherwise 0.", state.readiness.is_ready() ? 1 : 0),
              gauge("offhook_draining", "1 while Offhook is stopping: running calls continue, and it refuses new calls. Otherwise 0.", state.readiness.draining ? 1 : 0),
              gauge("offhook_records_kept", "0 while records of calls are lost, because their disk is full or fails; otherwise 1.", state.readiness.records_kept ? 1 : 0),
              count("offhook_capture_dropped_total", "Packets that a capture dropped, because its file, its collector or its reader was too slow, or memory was missing.", number(state.capture_dropped)),
              gauge("offhook_calls_in_progress", "Calls that have not ended, including ringing ones.", number(state.calls)),
              gauge("offhook_calls_limit", "Highest number of calls at once (/limits/calls).", number(state.most_calls)),
              gauge("offhook_registrations", "Registrations that the configuration asks for.", number(state.registrations)),
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
