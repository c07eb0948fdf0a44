/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about Kubernetes objects: what each looks for, why, and how to repair it. */
#include "compliance-server/rules_k8s.h"

const struct rule rules_k8s[] = {
	{ .id = "K8S-001",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "Secret in a ConfigMap",
	  .detect = "A value of a ConfigMap whose key is the name of a secret and "
		    "that is a literal, or any value that holds a credential of a "
		    "known form or a private key.",
	  .guard = "References, empty values, switches, paths, names of other "
		   "objects, and keys that end in '_FILE' or '_PATH'. A password "
		   "inside a URL is K8S-002.",
	  .why = "Everybody who may read ConfigMaps reads it; they are shown in "
		 "dashboards, logs and backups.",
	  .fix = "Move the key to a Secret, better to an external secret store.",
	  .ref = "CIS Kubernetes Benchmark, secrets management; CWE-312",
	  .check = check_k8s_001 },
	{ .id = "K8S-002",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "Password in a URL in a ConfigMap or container environment",
	  .detect = "'scheme://user:password@host' in a value of a ConfigMap or in "
		    "the literal value of a container variable. Medium for a "
		    "default password or a placeholder.",
	  .guard = "A password that is a reference, such as '$(DB_PASS)', or that "
		   "a template fills in.",
	  .why = "ConfigMaps and pod specifications are readable by many more "
		 "people than Secrets are.",
	  .fix = "Keep the password in a Secret and compose the URL with "
		 "'$(NAME)'.",
	  .ref = "CWE-522",
	  .check = check_k8s_002 },
	{ .id = "K8S-003",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "Placeholder in a Secret",
	  .detect = "A value of 'stringData', or of 'data' after base64 decoding, "
		    "that is a placeholder or a password everybody tries first.",
	  .guard = "Templates, references, values that sops, sealed-secrets or a "
		   "vault plugin fill in, and keys that hold a name rather than a "
		   "secret.",
	  .why = "The cluster accepts the placeholder as the real secret, and it "
		 "stands in the repository for everybody to read.",
	  .fix = "Create the Secret from a random value outside the repository.",
	  .ref = "CWE-1392",
	  .check = check_k8s_003 },
	{ .id = "K8S-004",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "Secret data is not base64",
	  .detect = "A value of 'data' that is not base64: wrong letters, length or "
		    "padding. Medium when the decoded text is base64 of printable "
		    "text again: it was encoded twice.",
	  .guard = "Line ends inside the value, which the cluster ignores; "
		   "templates and placeholders. A decoded word such as 'password' "
		   "is not taken for base64.",
	  .why = "The cluster refuses the Secret, or the program gets the "
		 "encoded text instead of the secret.",
	  .fix = "Encode the value once, or write it under 'stringData'.",
	  .ref = "RFC 4648; Kubernetes documentation, Secrets; CWE-116",
	  .check = check_k8s_004 },
	{ .id = "K8S-005",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "Image with a moving tag",
	  .detect = "An image without a digest whose tag is absent or has no digit.",
	  .guard = "Templated names, and images whose tag or digest a "
		   "kustomization of the files sets.",
	  .why = "The tag may lead to other content tomorrow, and two nodes may "
		 "run different programs under one name.",
	  .fix = "Name a version tag or a digest.",
	  .ref = "kube-linter latest-tag; CWE-1357",
	  .check = check_k8s_005 },
	{ .id = "K8S-006",
	  .category = CAT_SECURITY,
	  .severity = SEV_INFO,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .flags = RULE_UNSCORED,
	  .title = "Image without a digest",
	  .detect = "A tag that names a version and no '@sha256:'.",
	  .guard = "Images that K8S-005 reports.",
	  .why = "Whoever may write to the registry can put other content under "
		 "the tag.",
	  .fix = "Append the digest.",
	  .ref = "CWE-494; MCP04",
	  .check = check_k8s_006 },
	{ .id = "K8S-007",
	  .category = CAT_SECURITY,
	  .severity = SEV_CRITICAL,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "Privileged container",
	  .detect = "'securityContext.privileged: true' on a container, init "
		    "container or ephemeral container.",
	  .why = "A privileged container has the rights of root on the node.",
	  .fix = "Remove it, and add the one capability that is needed.",
	  .ref = "Pod Security Standards, baseline; kube-linter "
		 "privileged-container; CWE-250",
	  .check = check_k8s_007 },
	{ .id = "K8S-008",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "Privilege escalation not forbidden",
	  .detect = "'allowPrivilegeEscalation' of a container is not false.",
	  .guard = "Windows pods, and parts that are laid over another object.",
	  .why = "A program with the set-user-id bit may become root inside the "
		 "container.",
	  .fix = "Set 'allowPrivilegeEscalation: false'.",
	  .ref = "Pod Security Standards, restricted; kube-linter "
		 "privilege-escalation-container; CWE-269",
	  .check = check_k8s_008 },
	{ .id = "K8S-009",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "May run as root",
	  .detect = "Neither 'runAsNonRoot: true' nor a 'runAsUser' above 0, on the "
		    "container or on its pod.",
	  .guard = "Windows pods, and parts that are laid over another object.",
	  .why = "Root in the container is root on the node as soon as the "
		 "container is left.",
	  .fix = "Set 'runAsNonRoot: true' and a numeric user.",
	  .ref = "Pod Security Standards, restricted; kube-linter "
		 "run-as-non-root; CWE-250",
	  .check = check_k8s_009 },
	{ .id = "K8S-010",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "Capabilities not dropped",
	  .detect = "'capabilities.drop' lacks ALL. High when ALL or SYS_ADMIN is "
		    "added, or NET_ADMIN without dropping all others.",
	  .guard = "Windows pods; for a missing 'drop', parts that are laid over "
		   "another object.",
	  .why = "The default set lets a process forge packets and change owners "
		 "of files, which few programs need.",
	  .fix = "Write 'drop: [ALL]', then add the one that is needed.",
	  .ref = "Pod Security Standards, restricted; kube-linter "
		 "drop-net-raw-capability; CWE-250",
	  .check = check_k8s_010 },
	{ .id = "K8S-011",
	  .category = CAT_SECURITY,
	  .severity = SEV_LOW,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "Root file system is writable",
	  .detect = "'readOnlyRootFilesystem' of a container is not true.",
	  .guard = "Windows pods, and parts that are laid over another object.",
	  .why = "An attacker can replace programs in the running container.",
	  .fix = "Set 'readOnlyRootFilesystem: true' and mount an emptyDir where "
		 "the program writes.",
	  .ref = "kube-linter no-read-only-root-fs; CWE-732",
	  .check = check_k8s_011 },
	{ .id = "K8S-012",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "Pod shares a host namespace",
	  .detect = "'hostNetwork', 'hostPID' or 'hostIPC' of a pod is true.",
	  .why = "The pod sees the network, the processes or the shared memory "
		 "of the node and of all other pods there.",
	  .fix = "Remove the setting.",
	  .ref = "Pod Security Standards, baseline; kube-linter host-network, "
		 "host-pid, host-ipc; CWE-653",
	  .check = check_k8s_012 },
	{ .id = "K8S-013",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "Sensitive hostPath",
	  .detect = "A 'hostPath' volume on /root, /home, /var, /run, /var/run, "
		    "/proc, /sys, /dev or /boot; critical for /, /etc and the "
		    "socket of a container runtime.",
	  .guard = "Folders below these. A volume that is mounted with 'readOnly: "
		   "true' everywhere is one step less severe.",
	  .why = "What stands in these folders gives control of the node.",
	  .fix = "Use an emptyDir or a persistent volume.",
	  .ref = "Pod Security Standards, baseline; kube-linter "
		 "sensitive-host-mounts, docker-sock; CWE-552",
	  .check = check_k8s_013 },
	{ .id = "K8S-014",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "Memory limit or resource requests missing",
	  .detect = "A container without a memory limit, or without a request for "
		    "memory or cpu. A limit counts as request, as in the cluster. "
		    "One finding per container.",
	  .guard = "A missing cpu limit; init containers; namespaces with a "
		   "LimitRange; resources of the whole pod.",
	  .why = "One container can take the memory of the whole node, and the "
		 "scheduler cannot tell where a pod fits.",
	  .fix = "Set requests from measurement and a memory limit.",
	  .ref = "kube-linter unset-memory-requirements, unset-cpu-requirements; "
		 "CWE-770",
	  .check = check_k8s_014 },
	{ .id = "K8S-015",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "No readiness probe",
	  .detect = "A container of a Deployment or StatefulSet has a port that a "
		    "Service of the files leads to, and no 'readinessProbe'.",
	  .guard = "Jobs, init containers, containers without ports, and Services "
		   "that publish addresses that are not ready.",
	  .why = "The Service sends requests to a pod that cannot answer yet.",
	  .fix = "Add a 'readinessProbe' that checks what the program depends "
		 "on.",
	  .ref = "kube-linter no-readiness-probe; kube-score pod-probes",
	  .check = check_k8s_015 },
	{ .id = "K8S-016",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_LOW,
	  .confidence = CONF_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "No liveness probe, or one identical to readiness",
	  .detect = "A container of a Deployment, StatefulSet or DaemonSet has no "
		    "'livenessProbe', or one that makes the same request as its "
		    "readiness probe and gives up as early.",
	  .guard = "Init containers; a startup probe beside it; a higher "
		   "'failureThreshold' than that of the readiness probe.",
	  .why = "Nobody restarts a program that hangs; or a slow dependency "
		 "restarts all pods at once.",
	  .fix = "Probe only the process itself, or use a startup probe with it.",
	  .ref = "kube-linter no-liveness-probe; kube-score pod-probes-identical",
	  .check = check_k8s_016 },
	{ .id = "K8S-017",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_LOW,
	  .confidence = CONF_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "One replica",
	  .detect = "A Deployment with 'replicas' absent or 1, and no autoscaler of "
		    "the files that targets it.",
	  .guard = "StatefulSets; 'strategy: Recreate' with a volume that one pod "
		   "may use; replicas set by a kustomization.",
	  .why = "Every restart and every drained node is an outage.",
	  .fix = "Run two replicas or add an autoscaler.",
	  .ref = "kube-linter minimum-three-replicas; kube-score "
		 "deployment-replicas",
	  .check = check_k8s_017 },
	{ .id = "K8S-018",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_LOW,
	  .confidence = CONF_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "No disruption budget",
	  .detect = "A Deployment or StatefulSet with two or more replicas, and no "
		    "PodDisruptionBudget of the files whose selector matches its "
		    "pods.",
	  .guard = "Parts that are laid over another object.",
	  .why = "Draining nodes may stop all of its pods at the same time.",
	  .fix = "Add a PodDisruptionBudget with 'minAvailable' or "
		 "'maxUnavailable'.",
	  .ref = "kube-score deployment-has-poddisruptionbudget",
	  .check = check_k8s_018 },
	{ .id = "K8S-019",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "Ingress without TLS",
	  .detect = "'spec.tls' of an Ingress is absent or does not cover a host of "
		    "its rules. Medium when an annotation leaves TLS to the load "
		    "balancer.",
	  .guard = "Hosts that end in '.local' or '.test', and localhost; parts "
		   "that are laid over another Ingress.",
	  .why = "Requests, and the credentials in them, travel in plain text.",
	  .fix = "Add a 'tls' entry for the host.",
	  .ref = "Kubernetes documentation, Ingress, TLS; CWE-319",
	  .check = check_k8s_019 },
	{ .id = "K8S-020",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "Literal secret in a container variable",
	  .detect = "A variable with the name of a secret and a literal value, or "
		    "any variable that holds a credential of a known form or a "
		    "private key. Low for a placeholder.",
	  .guard = "References, empty values, switches, paths and names of other "
		   "objects. A password inside a URL is K8S-002.",
	  .why = "Everybody who may look at the pod or at its manifest reads the "
		 "secret.",
	  .fix = "Use 'valueFrom.secretKeyRef', better a mounted file.",
	  .ref = "kube-linter env-var-secret; CWE-798",
	  .check = check_k8s_020 },
	{ .id = "K8S-021",
	  .category = CAT_SECURITY,
	  .severity = SEV_INFO,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "Service account token mounted without need",
	  .detect = "'automountServiceAccountToken' is not false on the pod or its "
		    "account. Low when a binding of the files gives the account "
		    "rights, else for information.",
	  .guard = "Parts that are laid over another object.",
	  .why = "Whoever gets into the pod may speak to the cluster with the "
		 "rights of the account.",
	  .fix = "Set 'automountServiceAccountToken: false'.",
	  .ref = "kube-linter default-service-account; CWE-250",
	  .check = check_k8s_021 },
	{ .id = "K8S-022",
	  .category = CAT_SECURITY,
	  .severity = SEV_LOW,
	  .confidence = CONF_MEDIUM,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "No NetworkPolicy selects the pod",
	  .detect = "The files hold more than one workload, and none of their "
		    "policies selects the pods of this one.",
	  .guard = "Pods in the network of the node; sets with policies of another "
		   "kind.",
	  .why = "A pod that was taken over reaches every other one.",
	  .fix = "Add a policy that allows only the peers that are needed.",
	  .ref = "kube-linter non-isolated-pod; kube-score pod-networkpolicy",
	  .check = check_k8s_022 },
	{ .id = "K8S-023",
	  .category = CAT_SECURITY,
	  .severity = SEV_LOW,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "No seccomp profile",
	  .detect = "'seccompProfile.type' is absent or Unconfined, on the "
		    "container and on its pod.",
	  .guard = "Windows pods, and parts that are laid over another object.",
	  .why = "The container may use every system call of the node's kernel.",
	  .fix = "Set 'seccompProfile: {type: RuntimeDefault}'.",
	  .ref = "Pod Security Standards, restricted; kube-score "
		 "container-seccomp-profile; CWE-693",
	  .check = check_k8s_023 },
	{ .id = "K8S-024",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "Selector, Service, Ingress or reference points at nothing",
	  .detect = "Labels of a selector that the template of the same object "
		    "lacks; a Service that selects no pod; a named 'targetPort' no "
		    "container has; an Ingress backend whose Service or port is "
		    "missing. Medium for a ConfigMap or Secret that the files do "
		    "not define, low when they define none of its kind in its "
		    "namespace; medium for a Service whose pods, or an Ingress whose "
		    "Service, may be in another part.",
	  .guard = "Numeric target ports; optional references; what a "
		   "kustomization, cert-manager or a custom object makes. What is "
		   "missing is not reported where the files are only a part: an "
		   "unread file, a base outside, custom objects that may start "
		   "pods, or no object of the kind beside it.",
	  .why = "Requests go nowhere, or the pods never start.",
	  .fix = "Correct the name or label.",
	  .ref = "kube-linter mismatching-selector, dangling-service, "
		 "dangling-ingress; kube-score service-targets-pod",
	  .check = check_k8s_024 },
	{ .id = "K8S-025",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "Wildcard rights or cluster-admin",
	  .detect = "'*' among the verbs, resources or API groups of a Role or "
		    "ClusterRole, or a binding to cluster-admin. Medium where it "
		    "covers only groups of custom objects, or only reading of named "
		    "resources.",
	  .guard = "The binding of 'system:masters' that every cluster has.",
	  .why = "The account may do whatever is added to the cluster later; "
		 "with cluster-admin, everything.",
	  .fix = "List the verbs and resources that are needed.",
	  .ref = "kube-linter wildcard-in-rules, cluster-admin-role-binding; "
		 "CWE-269",
	  .check = check_k8s_025 },
	{ .id = "K8S-026",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_MEDIUM,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_KUBERNETES,
	  .title = "MCP endpoint reachable without authentication",
	  .detect = "A LoadBalancer or NodePort Service of an MCP server, or an "
		    "Ingress path with /mcp or /sse, and neither an annotation "
		    "about authentication nor a variable named like TOKEN, OAUTH or "
		    "API_KEY on the pods behind it.",
	  .guard = "Internal load balancers, and pods whose variables come from "
		   "objects that are not in the files.",
	  .why = "Everybody who reaches the address may call its tools.",
	  .fix = "Put an authenticating proxy in front, or keep the Service a "
		 "ClusterIP.",
	  .ref = "MCP07; MCP09; CWE-306",
	  .check = check_k8s_026 },
	{ .id = NULL },
};
