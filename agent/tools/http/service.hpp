#pragma once

#include <offhook/agent/config/secret.hpp>
#include <offhook/agent/tools/http/operation.hpp>
#include <offhook/agent/tools/pins.hpp>
#include <offhook/base/time.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::tools::http {

inline constexpr std::size_t kMaxFixedHeaders = 16;

struct ServiceOptions {
  std::string label;                                            ///< is_label()
  std::string url;                                              ///< what paths are put behind; of the document's `servers` none counts
  config::Secret token;                                         ///< none: no Authorization header
  std::vector<std::pair<std::string, config::Secret>> headers;  ///< others that the service asks for, such as an API key's
  std::vector<std::string> operations;                          ///< operationIds; others do not exist
  std::vector<Pin> pins;
  Unpinned unpinned = Unpinned::Refuse;
  base::Duration connect_limit = std::chrono::seconds(3);
  base::Duration answer_limit = std::chrono::seconds(10);       ///< of the whole; the tool box may stop waiting before
  bool plain_http = false;                                      ///< http to the local network is allowed
};
/// Why there can be no such service: a sentence, or nothing. No secret is in it.
[[nodiscard]] std::optional<std::string> fault_of(const ServiceOptions& options);

/// What was decided about one operation, for the log: a sentence.
struct ServiceNote {
  bool refused = false;
  std::string tool;  ///< its name for models
  std::string why;
};

/// The tools of one HTTP service, from its OpenAPI document: read once, shared by all calls, changed by nobody.
class Service {
 public:
  /// `options` have no fault. An operation whose pin does not fit is left out and told of.
  [[nodiscard]] static Read<std::shared_ptr<const Service>> read(ServiceOptions options, std::string_view document, std::vector<ServiceNote>& notes);

  [[nodiscard]] const ServiceOptions& options() const { return options_; }
  [[nodiscard]] const std::vector<ToolDescription>& descriptions() const { return descriptions_; }
  [[nodiscard]] const Operation* find(std::string_view model_name) const;
  /// What must be in no text.
  [[nodiscard]] std::vector<std::string_view> secrets() const;

 private:
  explicit Service(ServiceOptions options) : options_(std::move(options)) {}
  /// Where a model would set what is the operator's.
  [[nodiscard]] std::optional<DocumentFault> fault_of(const Operation& operation) const;

  ServiceOptions options_;
  std::vector<Operation> operations_;
  std::vector<ToolDescription> descriptions_;  // beside operations_
};

}  // namespace offhook::inline v0::agent::tools::http
