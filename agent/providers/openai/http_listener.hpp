#pragma once

#include <offhook/agent/providers/openai/server.hpp>
#include <offhook/agent/providers/turn_listener.hpp>

#include <string>
#include <string_view>

namespace offhook::inline v0::agent::openai {

struct TranscriptionOptions {
  Server server;
  std::string model = "gpt-4o-mini-transcribe";
  std::string language;        ///< ISO 639-1; "": the language of the call, or detection if that is not known
  std::string prompt;          ///< names and words that callers are likely to say
  bool stream = true;          ///< true: the server sends the transcript in pieces, as it recognises them; whisper-1 ignores it
  ReportUse report_use{};
};

/// Listens by /audio/transcriptions: sends each turn after its end.
class HttpListener final : public TurnListener {
 public:
  /// `http` must outlive this object.
  HttpListener(TranscriptionOptions options, net::HttpClient& http, Wake wake);
};

}  // namespace offhook::inline v0::agent::openai
