"""Blender scene of one person of the cast (PyPI bpy, Cycles on the CPU): skin, eyes, hair, shirt, light, camera.

Lengths are Blender units of 10 cm; x to the right, y away from the viewer, z up.
"""
import math

import bpy
import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

import hair

UNIT_CM = 10.0
SUBDIVISIONS = 3


def to_blender(points):
    return np.stack([points[..., 0], -points[..., 2], points[..., 1]], -1) / UNIT_CM


def from_blender(points):
    return np.stack([points[..., 0], points[..., 2], -points[..., 1]], -1) * UNIT_CM


def _mesh(name, vertices, faces, smooth=True):
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(to_blender(vertices).tolist(), [], np.asarray(faces).tolist())
    mesh.polygons.foreach_set("use_smooth", [smooth] * len(mesh.polygons))
    item = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(item)
    return item


def _compact(vertices, faces):
    used = np.unique(faces)
    number = np.full(len(vertices), -1)
    number[used] = np.arange(len(used))
    return used, number[faces]


def _subdivided(item, levels):
    modifier = item.modifiers.new("subdivision", "SUBSURF")
    modifier.levels = modifier.render_levels = levels
    evaluated = item.evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = bpy.data.meshes.new_from_object(evaluated)
    item.modifiers.clear()
    item.data = mesh
    return item


def _positions(mesh):
    flat = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", flat)
    return flat.reshape(-1, 3)


def _float_attribute(mesh, name, values):
    attribute = mesh.attributes.new(name, "FLOAT", "POINT")
    attribute.data.foreach_set("value", np.asarray(values, np.float32))


def _read_attribute(mesh, name):
    values = np.empty(len(mesh.vertices), np.float32)
    mesh.attributes[name].data.foreach_get("value", values)
    return values


class Nodes:
    """Shorthand for a material's nodes."""

    def __init__(self, name):
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self.tree = self.material.node_tree
        self.tree.nodes.clear()
        self.output = self.tree.nodes.new("ShaderNodeOutputMaterial")

    def add(self, kind, settings=None, **inputs):
        node = self.tree.nodes.new(kind)
        for key, value in (settings or {}).items():
            setattr(node, key, value)
        for key, value in inputs.items():
            self.put(node, key.replace("_", " "), value)
        return node

    def put(self, node, socket, value):
        target = node.inputs[socket]
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, target)
        elif isinstance(value, tuple) and len(value) == 3 and target.type == "RGBA":
            target.default_value = (*value, 1.0)
        else:
            target.default_value = value

    def mix(self, factor, first, second, blend="MIX"):
        node = self.add("ShaderNodeMix", {"data_type": "RGBA", "blend_type": blend})
        for index, value in ((0, factor), (6, first), (7, second)):
            target = node.inputs[index]
            if isinstance(value, bpy.types.NodeSocket):
                self.tree.links.new(value, target)
            else:
                target.default_value = (*value, 1.0) if isinstance(value, tuple) else value
        return node.outputs[2]

    def math(self, operation, *values):
        node = self.add("ShaderNodeMath", {"operation": operation})
        for index, value in enumerate(values):
            if isinstance(value, bpy.types.NodeSocket):
                self.tree.links.new(value, node.inputs[index])
            else:
                node.inputs[index].default_value = value
        return node.outputs[0]

    def noise(self, scale, detail=4.0, coordinates=None):
        node = self.add("ShaderNodeTexNoise", Scale=scale, Detail=detail)
        if coordinates is not None:
            self.tree.links.new(coordinates, node.inputs["Vector"])
        return node.outputs[0]

    def attribute(self, name):
        node = self.add("ShaderNodeAttribute", {"attribute_name": name})
        return node

    def surface(self, shader):
        self.tree.links.new(shader.outputs[0], self.output.inputs["Surface"])
        return self.material


def gaussian(points, centre, widths):
    return np.exp(-(((points - np.asarray(centre)) / np.asarray(widths)) ** 2).sum(-1))


def both_sides(points, centre, widths):
    mirrored = np.asarray(centre) * [-1, 1, 1]
    return gaussian(points, centre, widths) + gaussian(points, mirrored, widths)


def painted(points, person, lips, ears, scalp, beard):
    """Albedo per point, linear RGB: redder where blood is close to the surface, darker around the eyes."""
    skin = np.array(person.skin)
    colour = np.tile(skin, (len(points), 1))
    red = (0.55 * both_sides(points, (4.3, -3.4, 2.0), (1.9, 1.6, 3.0)) + 0.6 * gaussian(points, (0, -3.2, 4.8), (1.5, 1.1, 2.0))
           + 0.5 * ears + 0.35 * gaussian(points, (0, -9.0, 3.0), (1.6, 1.0, 2.5)) + 0.3 * both_sides(points, (2.6, 0.7, 2.0), (1.7, 0.5, 2.0)))
    red = np.clip(red, 0, 1)[:, None] * (1.0 if skin.mean() > 0.2 else 0.6)
    colour = colour * (1 - red * np.array([0.02, 0.24, 0.26]))
    tired = both_sides(points, (2.4, -0.95, 1.6), (1.5, 0.55, 1.6)) * (0.35 + 0.4 * person.wrinkles)
    socket = both_sides(points, (2.9, 0.0, 1.5), (2.2, 1.1, 1.6)) * 0.25
    colour *= 1 - np.clip(tired + socket, 0, 0.6)[:, None] * np.array([0.28, 0.33, 0.28])
    around = both_sides(points, (0.75, -4.35, 3.6), (0.55, 0.35, 1.0)) * 0.45  # the nostrils' edge
    colour *= 1 - np.clip(around, 0, 0.7)[:, None]
    if person.maleness > 0.5:
        stubble = np.clip(beard, 0, 1)[:, None] * (0.22 if person.beard == 0 else 0.5)
        colour = colour * (1 - stubble) + stubble * skin * np.array([0.45, 0.48, 0.55])
    lip = hair.smoothstep(0.30, 0.75, lips)[:, None] * person.lip_tint
    colour = colour * (1 - lip) + lip * np.array(person.lips)
    root = np.clip(scalp, 0, 1)[:, None] * 0.75 * (1 - person.hair_grey * 0.6)
    return colour * (1 - root) + root * skin * 0.25


def wrinkle_height(points, person):
    """Depth of the wrinkles, cm: forehead, crow's feet."""
    x, y, z = points.T
    height = np.zeros(len(points))
    front = (z > -2.5) & (y > 2.3)
    for number, level in enumerate((3.1, 3.9, 4.8, 5.6)):
        line = level + 0.14 * np.cos(x * 0.75 + number) - 0.05 * np.abs(x) + 0.07 * np.sin(2.3 * x + 1.9 * number)
        strength = np.exp(-(x / 3.6) ** 2) * (0.7 + 0.3 * np.sin(1.7 * x + number * 2.2))
        height -= front * strength * np.exp(-((y - line) / 0.085) ** 2)
    for eye_x in (-2.9, 2.9):
        out = (x - eye_x) * np.sign(eye_x)
        for number in range(4):
            line = 0.25 - 0.28 * number + (0.35 - 0.3 * number) * (out - 1.6)
            strength = np.exp(-((out - 2.2) / 0.55) ** 2)
            height -= 0.7 * strength * np.exp(-((y - line) / 0.055) ** 2) * (z > -3)
        for number in range(3):
            line = -0.95 - 0.33 * number + 0.06 * out ** 2
            strength = np.exp(-((out - 0.3) / 1.2) ** 2)
            height -= 0.45 * strength * np.exp(-((y - line) / 0.07) ** 2) * (z > 0)
    return height * 0.05 * person.wrinkles


def skin_material(person):
    nodes = Nodes("skin")
    where = nodes.add("ShaderNodeTexCoord").outputs["Object"]
    paint = nodes.attribute("paint").outputs["Color"]
    blotches = nodes.noise(7.0, 5.0, where)
    fine = nodes.noise(45.0, 4.0, where)
    amount = nodes.math("MULTIPLY_ADD", blotches, 0.55, 0.72)
    amount = nodes.math("MULTIPLY", amount, nodes.math("MULTIPLY_ADD", fine, 0.24, 0.88))
    grey = nodes.add("ShaderNodeCombineColor", Red=nodes.math("POWER", amount, 0.6), Green=amount, Blue=amount).outputs[0]
    colour = nodes.mix(1.0, paint, grey, "MULTIPLY")
    if person.freckles > 0:
        cells = nodes.add("ShaderNodeTexVoronoi", Scale=22.0, Randomness=1.0)
        nodes.put(cells, "Vector", where)
        spot = nodes.math("LESS_THAN", cells.outputs["Distance"], nodes.math("MULTIPLY_ADD", nodes.noise(9.0, 2.0, where), 0.5, -0.08))
        spot = nodes.math("MULTIPLY", spot, nodes.math("MULTIPLY", nodes.attribute("freckles").outputs["Fac"], person.freckles))
        colour = nodes.mix(spot, colour, tuple(np.array(person.skin) * [0.62, 0.45, 0.38]))
    pores = nodes.add("ShaderNodeTexVoronoi", Scale=110.0)
    nodes.put(pores, "Vector", where)
    crease = nodes.noise(160.0, 3.0, where)
    height = nodes.math("MULTIPLY_ADD", pores.outputs["Distance"], 0.35, nodes.math("MULTIPLY", crease, 0.6))
    lips = nodes.attribute("lips").outputs["Fac"]
    stripes = nodes.add("ShaderNodeTexWave", {"bands_direction": "X"}, Scale=16.0, Distortion=3.5, Detail=2.0)
    nodes.put(stripes, "Vector", where)
    height = nodes.math("MULTIPLY_ADD", nodes.math("MULTIPLY", stripes.outputs["Fac"], lips), 0.45, height)
    bump = nodes.add("ShaderNodeBump", Strength=0.5, Distance=0.008, Height=height)
    shine = nodes.math("MULTIPLY_ADD", blotches, 0.22, 0.36)
    shine = nodes.math("SUBTRACT", shine, nodes.math("MULTIPLY", lips, 0.10))
    shader = nodes.add("ShaderNodeBsdfPrincipled", {"subsurface_method": "RANDOM_WALK"}, Base_Color=colour, Roughness=shine, Normal=bump.outputs[0])
    nodes.put(shader, "Subsurface Weight", 1.0)
    nodes.put(shader, "Subsurface Radius", (1.0, 0.35, 0.2))
    nodes.put(shader, "Subsurface Scale", 0.035)
    nodes.put(shader, "Specular IOR Level", 0.42)
    return nodes.surface(shader)


def build_skin(head, person):
    """-> the quads, the surface that hair grows from, and the beard and scalp weights at its vertices"""
    used, faces = _compact(head.vertices, head.quads)
    item = _mesh("skin", head.vertices[used], faces)
    lips, ears = head.mask("lips"), head.mask("ears")
    scalp = hair.scalp_weight(head, person.receding)
    beard = hair.beard_weight(head, lips)
    for name, values in (("lips", lips), ("ears", ears), ("scalp", scalp), ("beard", beard)):
        _float_attribute(item.data, name, values[used])
    item = _subdivided(item, SUBDIVISIONS)
    mesh = item.data
    points = from_blender(_positions(mesh).astype(np.float64))
    weights = {name: _read_attribute(mesh, name) for name in ("lips", "ears", "scalp", "beard")}
    colour = painted(points, person, weights["lips"], weights["ears"], weights["scalp"], weights["beard"])
    paint = mesh.attributes.new("paint", "FLOAT_COLOR", "POINT")
    paint.data.foreach_set("color", np.c_[colour, np.ones(len(colour))].astype(np.float32).ravel())
    spots = both_sides(points, (3.2, -2.6, 2.5), (3.0, 1.8, 4.0)) + gaussian(points, (0, -1.5, 4), (1.5, 2.0, 3.0))
    _float_attribute(mesh, "freckles", np.clip(spots, 0, 1))
    if person.wrinkles > 0:
        normals = np.empty(len(points) * 3, np.float32)
        mesh.vertices.foreach_get("normal", normals)
        moved = _positions(mesh) + normals.reshape(-1, 3) * (wrinkle_height(points, person) / UNIT_CM)[:, None]
        mesh.vertices.foreach_set("co", moved.astype(np.float32).ravel())
    mesh.materials.append(skin_material(person))
    triangles = np.empty(len(mesh.polygons) * 4, np.int32)
    mesh.polygons.foreach_get("vertices", triangles)
    quads = triangles.reshape(-1, 4)
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    return quads, hair.Surface(points, triangles), weights


def eye_material(person):
    nodes = Nodes("eye")
    place = nodes.add("ShaderNodeAttribute", {"attribute_name": "gaze"}).outputs["Vector"]
    parts = nodes.add("ShaderNodeSeparateXYZ", Vector=place)
    radius, angle = parts.outputs[0], parts.outputs[1]
    around = [nodes.math("MULTIPLY", nodes.math(wave, angle), 3.2) for wave in ("COSINE", "SINE")]
    rays = nodes.add("ShaderNodeCombineXYZ", X=around[0], Y=around[1],
                     Z=nodes.math("MULTIPLY", radius, 1.2)).outputs[0]
    fibres = nodes.noise(3.6, 6.0, rays)
    iris_colour = nodes.mix(fibres, tuple(np.array(person.iris) * 0.35), tuple(np.array(person.iris) * 1.9))
    inner = nodes.add("ShaderNodeMapRange", {"interpolation_type": "SMOOTHSTEP"}, Value=radius)
    for key, value in (("From Min", 0.38), ("From Max", 0.62), ("To Min", 1.0), ("To Max", 0.0)):
        nodes.put(inner, key, value)
    iris_colour = nodes.mix(nodes.math("MULTIPLY", inner.outputs[0], 0.45), iris_colour, tuple(np.array(person.iris) * np.array([1.9, 1.3, 0.9])))

    def edge(low, high):
        node = nodes.add("ShaderNodeMapRange", {"interpolation_type": "SMOOTHSTEP"}, Value=radius)
        nodes.put(node, "From Min", low)
        nodes.put(node, "From Max", high)
        return node.outputs[0]

    rim = edge(0.78, 1.0)
    iris_colour = nodes.mix(nodes.math("MULTIPLY", rim, 0.75), iris_colour, (0.012, 0.011, 0.012))
    iris_colour = nodes.mix(edge(0.36, 0.42), (0.003, 0.003, 0.003), iris_colour)
    veins = nodes.noise(9.0, 6.0)
    white = nodes.mix(nodes.math("MULTIPLY", edge(1.3, 2.6), nodes.math("MULTIPLY_ADD", veins, 0.9, 0.1)), (0.66, 0.63, 0.60), (0.50, 0.27, 0.24))
    colour = nodes.mix(edge(0.94, 1.10), iris_colour, white)
    shader = nodes.add("ShaderNodeBsdfPrincipled", Base_Color=colour, Roughness=0.35)
    nodes.put(shader, "Coat Weight", 1.0)
    nodes.put(shader, "Coat Roughness", 0.02)
    nodes.put(shader, "Subsurface Weight", 0.25)
    nodes.put(shader, "Subsurface Radius", (1.0, 0.5, 0.4))
    nodes.put(shader, "Subsurface Scale", 0.01)
    return nodes.surface(shader)


def build_eyes(head, person, camera_cm):
    """Eyeballs that look at the camera; iris and pupil are coloured by angle from the gaze."""
    material = eye_material(person)
    for eye in head.eyes:
        bpy.ops.mesh.primitive_uv_sphere_add(segments=96, ring_count=64, radius=1.0)
        item = bpy.context.object
        points = _positions(item.data).astype(np.float64)
        gaze = hair.unit(to_blender(np.asarray(camera_cm) - eye))
        up = hair.unit(np.array([0, 0, 1.0]) - gaze[2] * gaze)
        right = np.cross(gaze, up)
        ahead = np.clip(points @ gaze, -1, 1)
        radius = np.arccos(ahead) / person.iris_rad
        angle = np.arctan2(points @ up, points @ right)
        # The cornea bulges.
        bulge = 1 + 0.035 * (1 - hair.smoothstep(0.0, 1.25, radius))
        attribute = item.data.attributes.new("gaze", "FLOAT_VECTOR", "POINT")
        attribute.data.foreach_set("vector", np.stack([radius, angle, np.zeros(len(points))], 1).astype(np.float32).ravel())
        scale = head.eye_radius_cm / UNIT_CM * 0.985
        item.data.vertices.foreach_set("co", (points * bulge[:, None] * scale).astype(np.float32).ravel())
        item.data.polygons.foreach_set("use_smooth", [True] * len(item.data.polygons))
        item.location = to_blender(eye)
        item.data.materials.append(material)


def hair_material(name, melanin, redness, randomness=0.25, roughness=0.3, grey=0.0):
    nodes = Nodes(name)
    shader = nodes.add("ShaderNodeBsdfHairPrincipled", {"parametrization": "MELANIN"}, Melanin=melanin, Roughness=roughness)
    nodes.put(shader, "Melanin Redness", redness)
    nodes.put(shader, "Random Color", randomness)
    nodes.put(shader, "Radial Roughness", 0.4)
    if grey > 0:
        pick = nodes.add("ShaderNodeHairInfo").outputs["Random"]
        is_grey = nodes.math("LESS_THAN", pick, grey)
        nodes.put(shader, "Melanin", nodes.math("MULTIPLY_ADD", is_grey, 0.03 - melanin, melanin))
    return nodes.surface(shader)


def build_strands(name, strands, root_cm, tip_cm, material):
    curves = bpy.data.hair_curves.new(name)
    count, steps, _ = strands.shape
    curves.add_curves([steps] * count)
    curves.attributes["position"].data.foreach_set("vector", to_blender(strands).astype(np.float32).ravel())
    radius = np.tile(np.interp(np.linspace(0, 1, steps), [0, 0.7, 1], [root_cm, root_cm * 0.85, tip_cm]) / UNIT_CM, count)
    thickness = curves.attributes.get("radius") or curves.attributes.new("radius", "FLOAT", "POINT")
    thickness.data.foreach_set("value", radius.astype(np.float32))
    curves.materials.append(material)
    item = bpy.data.objects.new(name, curves)
    bpy.context.scene.collection.objects.link(item)
    return item


def build_hair(head, person, surface, weights, share):
    random = np.random.default_rng(sum(person.name.encode()))
    growth = weights["scalp"]
    colour = hair_material("hair", person.hair_melanin, person.hair_redness, grey=person.hair_grey)
    makers = {"short": hair.short, "curls": hair.curls, "pulled_back": hair.pulled_back, "falling": hair.falling}
    if person.hair_style in makers:
        count = int(person.strands * share)
        strands = makers[person.hair_style](surface, growth, count, random, **person.hair_settings)
        build_strands("hair", strands, person.strand_cm / math.sqrt(share), 0.001, colour)
    brow = hair_material("brows", min(person.hair_melanin * 1.05, 1), person.hair_redness, grey=person.hair_grey * 0.4)
    build_strands("brows", hair.brows(surface, head, 1100, random, person.brow_width, person.brow_height_cm), 0.0055, 0.001, brow)
    dark = hair_material("lashes", 0.97, 0.2)
    build_strands("lashes", hair.lashes(head, random, 1.0 if person.maleness < 0.5 else 0.6), 0.0055, 0.0008, dark)
    if person.beard > 0:
        build_strands("beard", hair.beard(surface, weights["beard"] ** 1.5, int(9000 * share), random, person.beard), 0.0055 / math.sqrt(share), 0.001, colour)


def build_shirt(surface, quads, person):
    """A plain shirt: the skin below the neckline, offset outwards."""
    x, y, z = surface.vertices[quads].mean(1).T
    front = person.neck_front_cm
    neckline = [0, 2, 4, 6, 8, 9.5, 12], [front, front + 0.3, front + 1.2, front + 2.6, front + 4.2, front + 5.2, 0]
    line = np.interp(np.abs(x), *neckline)
    back = np.interp(np.abs(x), [0, 5, 8, 12], [-15.2, -15.0, -14.4, 0])
    shade = np.clip((-6.5 - z) / 4.0, 0, 1)
    covered = (y < line * (1 - shade) + np.maximum(line, back) * shade) & (y < -11.5)
    used, faces = _compact(surface.vertices, quads[covered])
    points = surface.vertices[used] + surface.normals[used] * 0.4
    # The quads end in steps; the neckline is smooth.
    sides = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 3]], faces[:, [3, 0]]]), 1)
    kinds, counts = np.unique(sides, axis=0, return_counts=True)
    edge = np.unique(kinds[counts == 1])
    edge = edge[(points[edge, 2] > -6.5) & (points[edge, 1] > front - 3) & (np.abs(points[edge, 0]) < 9.5)]
    points[edge, 1] = np.interp(np.abs(points[edge, 0]), *neckline)
    item = _mesh("shirt", points, faces)
    smooth = item.modifiers.new("smooth", "SMOOTH")
    smooth.iterations = 15
    solid = item.modifiers.new("cloth", "SOLIDIFY")
    solid.thickness, solid.offset = 0.035, 1.0
    rounded = item.modifiers.new("subdivision", "SUBSURF")
    rounded.levels = rounded.render_levels = 1
    nodes = Nodes("cloth")
    where = nodes.add("ShaderNodeTexCoord").outputs["Object"]
    weave = nodes.add("ShaderNodeTexWave", {"bands_direction": "DIAGONAL"}, Scale=40.0, Distortion=1.0)
    nodes.put(weave, "Vector", where)
    folds = nodes.add("ShaderNodeBump", Strength=0.5, Distance=0.12, Height=nodes.noise(2.2, 2.0, where))
    bump = nodes.add("ShaderNodeBump", Strength=0.25, Distance=0.006, Height=weave.outputs["Fac"], Normal=folds.outputs[0])
    shader = nodes.add("ShaderNodeBsdfPrincipled", Base_Color=person.shirt, Roughness=0.85, Normal=bump.outputs[0])
    nodes.put(shader, "Sheen Weight", 0.4)
    cloth = nodes.surface(shader)
    item.data.materials.append(cloth)
    build_collar(surface, neckline, cloth)


def build_collar(surface, neckline, cloth):
    """A rib along the neckline, around the front from shoulder to shoulder."""
    across = np.linspace(-7.4, 7.4, 121)
    height = np.interp(np.abs(across), *neckline)
    height = ndimage.gaussian_filter1d(height, 3.0, mode="nearest")
    front = (surface.vertices[:, 2] > -8.0) & (surface.vertices[:, 1] < -8.0) & (np.abs(surface.vertices[:, 0]) < 12)
    _, nearest = cKDTree(surface.vertices[front][:, :2]).query(np.stack([across, height], 1), k=6)
    depth = surface.vertices[front][nearest, 2].max(1)
    depth = ndimage.gaussian_filter1d(depth, 4.0, mode="nearest") + 0.45
    depth -= 1.5 * np.clip(np.abs(across) - 5.6, 0, None) ** 2  # the ends continue behind the neck
    curve = bpy.data.curves.new("collar", "CURVE")
    curve.dimensions = "3D"
    curve.bevel_depth, curve.bevel_resolution = 0.33 / UNIT_CM, 6
    line = curve.splines.new("POLY")
    line.points.add(len(across) - 1)
    places = to_blender(np.stack([across, height, depth], 1))
    line.points.foreach_set("co", np.c_[places, np.ones(len(places))].astype(np.float32).ravel())
    line.use_smooth = True
    curve.materials.append(cloth)
    bpy.context.scene.collection.objects.link(bpy.data.objects.new("collar", curve))


def area_light(name, place, target, size, watts, colour=(1, 1, 1)):
    data = bpy.data.lights.new(name, "AREA")
    data.shape, data.size, data.energy, data.color = "DISK", size, watts, colour
    item = bpy.data.objects.new(name, data)
    item.location = place
    aim(item, target)
    bpy.context.scene.collection.objects.link(item)


def aim(item, target):
    from mathutils import Vector
    item.rotation_euler = (Vector(target) - Vector(item.location)).to_track_quat("-Z", "Y").to_euler()


def build_stage(person, camera_cm, side_px):
    scene = bpy.context.scene
    world = bpy.data.worlds.new("world")
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs[0].default_value = (0.5, 0.55, 0.62, 1)
    world.node_tree.nodes["Background"].inputs[1].default_value = 0.28
    scene.world = world
    target = (0, 0.2, -0.2)
    power = person.key_light
    side = -1 if person.lit_from_left else 1
    area_light("key", (side * 5.0, -8.5, 4.5), target, 3.3, 620 * power, (1.0, 0.95, 0.89))
    area_light("fill", (-side * 7.0, -8.0, 0.5), target, 7.0, 170 * power, (0.88, 0.93, 1.0))
    area_light("rim", (-side * 5.0, 6.5, 6.0), target, 2.5, 260 * power, (1.0, 0.97, 0.92))
    area_light("hair", (side * 3.0, 6.0, 7.0), target, 2.5, 150 * power)
    wall = _mesh("wall", np.array([[-200, -200, -75], [200, -200, -75], [200, 200, -75], [-200, 200, -75.0]]), [[0, 1, 2, 3]])
    nodes = Nodes("wall")
    where = nodes.add("ShaderNodeTexCoord").outputs["Object"]
    shade = nodes.math("MULTIPLY_ADD", nodes.noise(0.18, 3.0, where), 0.7, 0.65)
    tone = nodes.add("ShaderNodeCombineColor", Red=shade, Green=shade, Blue=shade).outputs[0]
    shader = nodes.add("ShaderNodeBsdfPrincipled", Base_Color=nodes.mix(1.0, person.background, tone, "MULTIPLY"), Roughness=1.0)
    wall.data.materials.append(nodes.surface(shader))
    area_light("wall", (2.5, 3.0, -3.0), (0.5, 7.5, 0.5), 2.0, 150)
    data = bpy.data.cameras.new("camera")
    camera = bpy.data.objects.new("camera", data)
    camera.location = to_blender(np.asarray(camera_cm, float))
    data.sensor_width = 36.0
    aim(camera, to_blender(np.array([0, person.look_cm, -2.0])))
    distance = float(np.linalg.norm(to_blender(np.asarray(camera_cm, float))))
    data.lens = 36.0 * distance / (person.view_cm / UNIT_CM)
    data.dof.use_dof = True
    data.dof.focus_distance = distance - 0.15
    data.dof.aperture_fstop = 0.9
    scene.collection.objects.link(camera)
    scene.camera = camera
    scene.render.resolution_x = scene.render.resolution_y = side_px


def render(head, person, path, side_px, samples, hair_share):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    angle = math.radians(person.turn_deg)
    camera_cm = np.array([math.sin(angle) * 120.0, 1.0, math.cos(angle) * 120.0])
    quads, surface, weights = build_skin(head, person)
    build_eyes(head, person, camera_cm)
    build_hair(head, person, surface, weights, hair_share)
    build_shirt(surface, quads, person)
    build_stage(person, camera_cm, side_px)
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.samples = samples
    scene.cycles.use_adaptive_sampling = True
    scene.cycles.adaptive_threshold = 0.04
    scene.cycles.use_denoising = True
    scene.cycles.denoiser = "OPENIMAGEDENOISE"
    scene.cycles.max_bounces = 6
    scene.cycles.seed = 7
    scene.cycles_curves.shape = "RIBBONS"
    scene.render.use_persistent_data = False
    scene.view_settings.view_transform = "AgX"
    scene.view_settings.look = "AgX - Medium High Contrast"
    scene.view_settings.exposure = person.exposure
    scene.render.image_settings.file_format = "PNG"
    scene.render.filepath = path
    bpy.ops.render.render(write_still=True)
