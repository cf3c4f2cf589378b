package deploytest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// cluster is what `kubectl apply -k` of an example sends, by kind and name.
type cluster struct {
	deployments map[string]*appsv1.Deployment
	workers     map[string]*appsv1.StatefulSet
	services    map[string]*corev1.Service
	configs     map[string]*corev1.ConfigMap
	secrets     map[string]*corev1.Secret
	accounts    map[string]*corev1.ServiceAccount
	scalers     map[string]*autoscalingv2.HorizontalPodAutoscaler
	disruptions map[string]*policyv1.PodDisruptionBudget
	networks    map[string]*networkingv1.NetworkPolicy
	ingresses   map[string]*networkingv1.Ingress
	namespaces  map[string]*corev1.Namespace
}

// readCluster builds the example with Kustomize, and decodes each object strictly into its
// type: an unknown or a repeated field is an error.
func readCluster(t *testing.T) *cluster {
	t.Helper()
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), "../kubernetes/example")
	if err != nil {
		t.Fatal(err)
	}
	var c cluster
	for _, r := range built.Resources() {
		text := r.MustYaml()
		var err error
		switch kind := r.GetGvk().String(); kind {
		case "Deployment.v1.apps":
			err = decode(text, &c.deployments)
		case "StatefulSet.v1.apps":
			err = decode(text, &c.workers)
		case "Service.v1.[noGrp]":
			err = decode(text, &c.services)
		case "ConfigMap.v1.[noGrp]":
			err = decode(text, &c.configs)
		case "Secret.v1.[noGrp]":
			err = decode(text, &c.secrets)
		case "ServiceAccount.v1.[noGrp]":
			err = decode(text, &c.accounts)
		case "Namespace.v1.[noGrp]":
			err = decode(text, &c.namespaces)
		case "HorizontalPodAutoscaler.v2.autoscaling":
			err = decode(text, &c.scalers)
		case "PodDisruptionBudget.v1.policy":
			err = decode(text, &c.disruptions)
		case "NetworkPolicy.v1.networking.k8s.io":
			err = decode(text, &c.networks)
		case "Ingress.v1.networking.k8s.io":
			err = decode(text, &c.ingresses)
		default:
			t.Errorf("a %s", kind)
		}
		if err != nil {
			t.Errorf("%s %s: %v\n%s", r.GetKind(), r.GetName(), err, text)
		}
		if r.GetKind() != "Namespace" && r.GetNamespace() != "aigc" {
			t.Errorf("%s %s is in the namespace %q", r.GetKind(), r.GetName(), r.GetNamespace())
		}
	}
	return &c
}

func decode[T any, P interface {
	*T
	metav1.Object
}](text string, to *map[string]P) error {
	object := P(new(T))
	if err := yaml.UnmarshalStrict([]byte(text), object); err != nil {
		return err
	}
	if *to == nil {
		*to = map[string]P{}
	}
	(*to)[object.GetName()] = object
	return nil
}

// pods returns the templates of the pods by the name of their Deployment or StatefulSet.
func (c *cluster) pods() map[string]corev1.PodTemplateSpec {
	all := map[string]corev1.PodTemplateSpec{}
	for name, d := range c.deployments {
		all[name] = d.Spec.Template
	}
	for name, s := range c.workers {
		all[name] = s.Spec.Template
	}
	return all
}

// variables returns the environment of a container.
func (c *cluster) variables(t *testing.T, container corev1.Container) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, from := range container.EnvFrom {
		switch {
		case from.ConfigMapRef != nil && c.configs[from.ConfigMapRef.Name] != nil:
			maps.Copy(all, c.configs[from.ConfigMapRef.Name].Data)
		case from.SecretRef != nil && c.secrets[from.SecretRef.Name] != nil:
			for name, value := range c.secrets[from.SecretRef.Name].Data {
				all[name] = string(value)
			}
		default:
			t.Errorf("envFrom %+v is not there", from)
		}
	}
	for _, v := range container.Env {
		if v.ValueFrom != nil {
			t.Errorf("%s: the test does not know valueFrom", v.Name)
		}
		all[v.Name] = v.Value
	}
	return all
}

func TestPods(t *testing.T) {
	t.Parallel()
	c := readCluster(t)
	restricted, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	pods := c.pods()
	if got := slices.Sorted(maps.Keys(pods)); !slices.Equal(got, []string{"aigc-api", "aigc-mcp", "aigc-worker"}) {
		t.Fatalf("pods %v", got)
	}
	for name, pod := range pods {
		spec := pod.Spec
		level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
		for _, r := range restricted.EvaluatePod(level, &pod.ObjectMeta, &spec) {
			if !r.Allowed {
				t.Errorf("%s is not restricted: %s: %s", name, r.ForbiddenReason, r.ForbiddenDetail)
			}
		}
		if spec.EnableServiceLinks == nil || *spec.EnableServiceLinks {
			t.Errorf("%s gets variables of services, such as AIGC_MCP_PORT", name)
		}
		if spec.AutomountServiceAccountToken == nil || *spec.AutomountServiceAccountToken || c.accounts[spec.ServiceAccountName] == nil {
			t.Errorf("%s has a token, or no account", name)
		}
		stop := stopMargin
		if set, ok := c.variables(t, spec.Containers[0])["AIGC_SHUTDOWN_GRACE"]; !ok {
			stop += longestStop(t)
		} else if grace, err := time.ParseDuration(set); err != nil {
			t.Error(err)
		} else {
			stop += grace
		}
		if grace := spec.TerminationGracePeriodSeconds; grace == nil || time.Duration(*grace)*time.Second < stop {
			t.Errorf("%s: terminationGracePeriodSeconds %d; a stop takes %v", name, grace, stop)
		}
		for _, container := range append(slices.Clone(spec.InitContainers), spec.Containers...) {
			where := name + "/" + container.Name
			if tag := container.Image[strings.LastIndex(container.Image, ":")+1:]; tag == container.Image || tag == "latest" {
				t.Errorf("%s: the image %s is not pinned", where, container.Image)
			}
			s := container.SecurityContext
			if s == nil || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem {
				t.Errorf("%s: its root file system is not read-only", where)
			}
			if container.Resources.Limits.Memory().IsZero() || container.Resources.Requests.Memory().IsZero() || container.Resources.Requests.Cpu().IsZero() {
				t.Errorf("%s: resources %+v", where, container.Resources)
			}
			for _, m := range container.VolumeMounts {
				if !slices.Contains(c.volumes(name), m.Name) {
					t.Errorf("%s mounts %s, which is no volume", where, m.Name)
				}
			}
			variables := c.variables(t, container)
			checkKnown(t, where, settings(t, variables), variables)
			if variables["AIGC_DATA_DIR"] != "/data" || len(container.VolumeMounts) != 1 || container.VolumeMounts[0].MountPath != "/data" {
				t.Errorf("%s: AIGC_DATA_DIR is %s", where, variables["AIGC_DATA_DIR"])
			}
		}
	}
}

// volumes are the names of a pod's volumes.
func (c *cluster) volumes(pod string) (names []string) {
	for _, v := range c.pods()[pod].Spec.Volumes {
		names = append(names, v.Name)
	}
	if s := c.workers[pod]; s != nil {
		for _, claim := range s.Spec.VolumeClaimTemplates {
			names = append(names, claim.Name)
		}
	}
	return names
}

// Each pod is probed where it listens, and is migrated before it starts.
func TestRoles(t *testing.T) {
	t.Parallel()
	c := readCluster(t)
	for name, want := range map[string]struct{ role, variable string }{
		"aigc-api": {"serve-api", "AIGC_ADDR"}, "aigc-mcp": {"serve-mcp", "AIGC_MCP_ADDR"}, "aigc-worker": {"worker", "AIGC_METRICS_ADDR"},
	} {
		spec := c.pods()[name].Spec
		if len(spec.InitContainers) != 1 || !slices.Equal(spec.InitContainers[0].Args, []string{"migrate"}) || len(spec.Containers) != 1 {
			t.Errorf("%s: %+v", name, spec.InitContainers)
			continue
		}
		container := spec.Containers[0]
		if !slices.Equal(container.Args, []string{want.role}) || len(container.Command) > 0 {
			t.Errorf("%s runs %v", name, container.Args)
		}
		port := container.Ports[0]
		if address := c.variables(t, container)[want.variable]; address != fmt.Sprintf("0.0.0.0:%d", port.ContainerPort) {
			t.Errorf("%s listens on %s, its port is %d", name, address, port.ContainerPort)
		}
		for kind, p := range map[string]*corev1.Probe{"startup": container.StartupProbe, "liveness": container.LivenessProbe, "readiness": container.ReadinessProbe} {
			path := "/livez"
			if kind == "readiness" {
				path = "/readyz"
			}
			if p == nil || p.HTTPGet == nil || p.HTTPGet.Path != path || p.HTTPGet.Port.String() != port.Name {
				t.Errorf("%s: %s probe %+v", name, kind, p)
			}
		}
	}
}

// Selectors select pods, and names name objects.
func TestReferences(t *testing.T) {
	t.Parallel()
	c := readCluster(t)
	pods := c.pods()
	selects := func(where string, selector *metav1.LabelSelector, want ...string) {
		t.Helper()
		s, err := metav1.LabelSelectorAsSelector(selector)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for name, pod := range pods {
			if s.Matches(labels.Set(pod.Labels)) {
				got = append(got, name)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s selects %v, want %v", where, got, want)
		}
	}
	for name, d := range c.deployments {
		selects("Deployment "+name, d.Spec.Selector, name)
		if d.Spec.Replicas != nil {
			t.Errorf("Deployment %s: replicas, which are its autoscaler's", name)
		}
		if h := c.scalers[name]; h == nil || h.Spec.ScaleTargetRef.Name != name || h.Spec.ScaleTargetRef.Kind != "Deployment" || *h.Spec.MinReplicas < 2 {
			t.Errorf("HorizontalPodAutoscaler %s: %+v", name, h)
		}
	}
	for name, s := range c.workers {
		selects("StatefulSet "+name, s.Spec.Selector, name)
		if headless := c.services[s.Spec.ServiceName]; headless == nil || headless.Spec.ClusterIP != "None" {
			t.Errorf("StatefulSet %s has no headless service", name)
		}
		if len(s.Spec.VolumeClaimTemplates) != 1 || s.Spec.PersistentVolumeClaimRetentionPolicy.WhenScaled != appsv1.RetainPersistentVolumeClaimRetentionPolicyType {
			t.Errorf("StatefulSet %s: the spool is not kept", name)
		}
	}
	for name, s := range c.services {
		selects("Service "+name, &metav1.LabelSelector{MatchLabels: s.Spec.Selector}, name)
		if port := pods[name].Spec.Containers[0].Ports[0]; len(s.Spec.Ports) != 1 || s.Spec.Ports[0].TargetPort.String() != port.Name {
			t.Errorf("Service %s: ports %+v", name, s.Spec.Ports)
		}
	}
	for name := range pods {
		if b := c.disruptions[name]; b == nil || b.Spec.MaxUnavailable.IntValue() != 1 {
			t.Errorf("PodDisruptionBudget %s: %+v", name, b)
		} else {
			selects("PodDisruptionBudget "+name, b.Spec.Selector, name)
		}
	}
	selects("NetworkPolicy aigc", &c.networks["aigc"].Spec.PodSelector, "aigc-api", "aigc-mcp", "aigc-worker")
	selects("NetworkPolicy aigc-callers", &c.networks["aigc-callers"].Spec.PodSelector, "aigc-api", "aigc-mcp")
	for name, i := range c.ingresses {
		for _, rule := range i.Spec.Rules {
			for _, path := range rule.HTTP.Paths {
				s := c.services[path.Backend.Service.Name]
				if s == nil || s.Spec.Ports[0].Name != path.Backend.Service.Port.Name {
					t.Errorf("Ingress %s: %s goes to %+v", name, path.Path, path.Backend.Service)
				}
			}
			public := c.variables(t, pods["aigc-api"].Spec.Containers[0])["AIGC_PUBLIC_URL"]
			if public != "https://"+rule.Host {
				t.Errorf("Ingress %s: %s, but AIGC_PUBLIC_URL is %s", name, rule.Host, public)
			}
		}
	}
	if c.namespaces["aigc"].Labels["pod-security.kubernetes.io/enforce"] != "restricted" {
		t.Error("the namespace does not enforce restricted pods")
	}
}

// Only workers have the vendors' keys; the files of the secrets name all of them, and no value.
func TestSecrets(t *testing.T) {
	t.Parallel()
	c := readCluster(t)
	vendors := envFile(t, "../kubernetes/example/vendors.env")
	stores := envFile(t, "../kubernetes/example/stores.env")
	for name, value := range maps.Collect(both(vendors, stores)) {
		if value != "" && name != "MINIO_BUCKET" {
			t.Errorf("%s has a value", name)
		}
	}
	for name, pod := range c.pods() {
		for _, container := range append(slices.Clone(pod.Spec.InitContainers), pod.Spec.Containers...) {
			variables := c.variables(t, container)
			for variable := range vendors {
				if _, has := variables[variable]; has != (slices.Contains(container.Args, "worker")) {
					t.Errorf("%s/%s: %s is set: %v", name, container.Name, variable, has)
				}
			}
		}
	}
	for name, s := range settings(t, nil) {
		_, inVendors := vendors[name]
		_, inStores := stores[name]
		if s.Secret && name != "AIGC_API_KEY" && inVendors == inStores { // AIGC_API_KEY is of commands
			t.Errorf("the secret %s is in vendors.env: %v, in stores.env: %v", name, inVendors, inStores)
		}
	}
}

func both(maps ...map[string]string) func(yield func(string, string) bool) {
	return func(yield func(string, string) bool) {
		for _, m := range maps {
			for k, v := range m {
				if !yield(k, v) {
					return
				}
			}
		}
	}
}

// envFile reads lines NAME=value.
func envFile(t *testing.T, path string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(path))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if _, twice := all[name]; !ok || twice {
			t.Errorf("%s: %q", path, line)
		}
		all[name] = value
	}
	return all
}

// A field that is misspelt is found.
func TestStrictDecoding(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"unknown field":  "kind: Service\nmetadata: {name: x}\nspec: {sellector: {a: b}}",
		"repeated field": "kind: Service\nmetadata: {name: x}\nspec: {type: ClusterIP, type: NodePort}",
		"wrong type":     "kind: Service\nmetadata: {name: x}\nspec: {ports: 5512}",
	} {
		var to map[string]*corev1.Service
		if err := decode(text, &to); err == nil {
			t.Errorf("%s: decoded to %v", name, reflect.ValueOf(to))
		}
	}
}
