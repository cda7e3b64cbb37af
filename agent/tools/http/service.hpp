#pragma once

#include <offhook/agent/support/secret.hpp>
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
  std::string label;                                            ///< as is_label() requires
  std::string url;                                              ///< base URL of all paths; Offhook ignores the `servers` of the document
  Secret token;                                         ///< empty: no Authorization header
  std::vector<std::pair<std::string, Secret>> headers;  ///< further headers of the service, such as an API key
  std::vector<std::string> operations;                          ///< operationIds; Offhook ignores all other operations
  std::vector<Pin> pins;
  Unpinned unpinned = Unpinned::Refuse;
  base::Duration connect_limit = std::chrono::seconds(3);
  base::Duration answer_limit = std::chrono::seconds(10);       ///< limit for the whole response; the tool box may stop waiting earlier
  bool plain_http = false;                                      ///< allows http to the local network
};
/// Returns the fault of the options as a clause about the service, without secrets; nullopt if there is none.
[[nodiscard]] std::optional<std::string> fault_of(const ServiceOptions& options);

/// The decision about one operation, with a sentence for the log.
struct ServiceNote {
  bool refused = false;
  std::string tool;  ///< the tool's name for models
  std::string why;
};

/// The tools of one HTTP service, from its OpenAPI document. The document is read once, and all telephone calls share the unchanged Service.
class Service {
 public:
  /// Reads a service. `options` must have no fault. Omits an operation that does not match its pin, and adds a note about it.
  [[nodiscard]] static Read<std::shared_ptr<const Service>> read(ServiceOptions options, std::string_view document, std::vector<ServiceNote>& notes);

  [[nodiscard]] const ServiceOptions& options() const { return options_; }
  [[nodiscard]] const std::vector<ToolDescription>& descriptions() const { return descriptions_; }
  [[nodiscard]] const Operation* find(std::string_view model_name) const;
  /// Returns the token and the header values, which no text for a model or a log may contain.
  [[nodiscard]] std::vector<std::string_view> secrets() const;

 private:
  explicit Service(ServiceOptions options) : options_(std::move(options)) {}
  /// Returns a fault if a model could set a header of the operator.
  [[nodiscard]] std::optional<DocumentFault> fault_of(const Operation& operation) const;

  ServiceOptions options_;
  std::vector<Operation> operations_;
  std::vector<ToolDescription> descriptions_;  // same order as operations_
};

}  // namespace offhook::inline v0::agent::tools::http
