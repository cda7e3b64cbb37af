#pragma once

#include <offhook/agent/recordings/call_recording.hpp>
#include <offhook/agent/records/call_notes.hpp>
#include <offhook/agent/sessions/call_log.hpp>
#include <offhook/agent/transcripts/call_transcript.hpp>

#include <memory>

namespace offhook::inline v0::agent {

/// The log, the notes, the transcript and the recording of one call. Callable from any thread except a media worker.
struct CallReports {
  CallLog log;
  std::shared_ptr<records::CallNotes> notes;
  std::shared_ptr<transcripts::CallTranscript> transcript = nullptr;  ///< null: the call keeps no transcript
  std::shared_ptr<recordings::CallRecording> recording = nullptr;     ///< null: the call is not recorded
};

}  // namespace offhook::inline v0::agent
