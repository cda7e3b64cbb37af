#include <offhook/agent/tools/http/service.hpp>

#include <offhook/agent/net/server_url.hpp>
#include <offhook/agent/net/web_socket_url.hpp>
#include <offhook/agent/tools/tool_names.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <set>

namespace offhook::inline v0::agent::tools::http {

namespace {

std::optional<std::string> fault_of_headers(const ServiceOptions& options) {
  if (options.headers.size() > kMaxFixedHeaders) return "it has more than " + std::to_string(kMaxFixedHeaders) + " headers";
  if (!net::is_header_safe("authorization", options.token.reveal())) return "its token has a character that no header can have";
  for (const auto& [name, value] : options.headers) {
    if (!net::is_header_safe(name, value.reveal())) return "its header \"" + name.substr(0, 64) + "\" has a character in it that no header can have";
    if (!options.token.empty() && base::iequals(name, "authorization")) return "it has a token and a header Authorization: remove one of the two";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> fault_of(const ServiceOptions& options) {
  if (!is_label(options.label)) return "a label of a service is made of a-z, 0-9 and -, at most " + std::to_string(kMaxLabel) + " of them";
  if (auto fault = net::fault_of_url(options.url, options.plain_http)) return fault;
  if (options.url.find('?') != std::string::npos) return "its URL must have no query in it";
  if (options.operations.empty()) return "it names no operation (operationId) that may be used";
  if (options.operations.size() > kMaxOperations) return "it names more than " + std::to_string(kMaxOperations) + " operations";
  if (std::set<std::string_view>(options.operations.begin(), options.operations.end()).size() < options.operations.size()) return "it names an operation twice";
  return fault_of_headers(options);
}

std::optional<DocumentFault> Service::fault_of(const Operation& operation) const {
  for (const Parameter& parameter : operation.parameters) {
    const auto same = [&](const auto& header) { return base::iequals(header.first, parameter.name); };
    if (parameter.in == Parameter::In::Header && std::any_of(options_.headers.begin(), options_.headers.end(), same))
      return DocumentFault{"/paths", "the operation " + operation.id + " lets a model set the header \"" + parameter.name + "\", which the configuration sets: remove one of the two"};
  }
  return std::nullopt;
}

Read<std::shared_ptr<const Service>> Service::read(ServiceOptions options, std::string_view document, std::vector<ServiceNote>& notes) {
  auto operations = read_operations(document, options.operations);
  if (!operations) return base::fail(std::move(operations.error()));
  std::shared_ptr<Service> service(new Service(std::move(options)));
  PinStore pins(service->options_.pins, service->options_.unpinned);
  for (Operation& operation : *operations) {
    if (auto fault = service->fault_of(operation)) return base::fail(std::move(*fault));
    const std::string name = model_name(service->options_.label, operation.id);
    if (service->find(name) != nullptr) return base::fail(DocumentFault{"/paths", "two operations have the name " + name + " for models"});
    const std::string known(pins.hash_of(name));
    const PinVerdict verdict = pins.judge(name, operation.hash);
    if (verdict != PinVerdict::Known) notes.push_back({!is_good(verdict), name, words_of(verdict, known, operation.hash)});
    if (!is_good(verdict)) continue;
    service->descriptions_.push_back({name, operation.description, operation.schema, operation.usual_class()});
    service->operations_.push_back(std::move(operation));
  }
  return std::shared_ptr<const Service>(std::move(service));
}

const Operation* Service::find(std::string_view model_name) const {
  const auto at = std::find_if(descriptions_.begin(), descriptions_.end(), [&](const ToolDescription& one) { return one.name == model_name; });
  return at == descriptions_.end() ? nullptr : &operations_[static_cast<std::size_t>(at - descriptions_.begin())];
}

std::vector<std::string_view> Service::secrets() const {
  std::vector<std::string_view> all;
  if (!options_.token.empty()) all.emplace_back(options_.token.reveal());
  for (const auto& [name, value] : options_.headers) all.emplace_back(value.reveal());
  return all;
}

}  // namespace offhook::inline v0::agent::tools::http
